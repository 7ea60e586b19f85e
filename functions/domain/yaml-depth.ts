import { type CST, Lexer, type LineCounter, Parser } from 'yaml';

/** The document, a scalar being read, and the parser's own bookkeeping stand on its stack besides the collections. */
const stackBesides = 3;

/**
 * Words and marks in one document. Each costs about half a KiB of memory while the document's tree is held; an object
 * of 1.4 MiB in lines of usual length has 350,000.
 */
const lexemeLimit = 420_000;

/** Thrown by `parseTokens` at the first document that would take too much memory or too deep a call stack. */
export class OversizeError extends Error {
  override readonly name = 'OversizeError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * The syntax tokens of a text, stopping at the first collection nested deeper than `limit`: trees are composed by
 * recursion, and a file of brackets would overflow the call stack.
 */
export function* parseTokens(text: string, lines: LineCounter, limit: number): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'document') lexemes = 0;
      yield token;
    }
    lexemes += 1;
    if (parser.stack.length > limit + stackBesides) {
      throw new OversizeError(`nested deeper than ${limit} levels`, parser.offset);
    }
    if (lexemes > lexemeLimit) {
      throw new OversizeError('one document holds too many values; split it with ---', parser.offset);
    }
  }
  yield* parser.end();
}
