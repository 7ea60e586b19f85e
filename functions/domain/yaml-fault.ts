import { type Document, isAlias, isMap, isPair, isScalar, isSeq, visit, type YAMLError } from 'yaml';
import type { Problem } from '#domain/yaml-problem.ts';

/** Faults whose message the library ends with the file's own text, which may be a password without its quotes. */
const ownWords: Readonly<Record<string, string>> = {
  TAG_RESOLVE_FAILED:
    'tags are not supported: write the value without one; text that begins with ! must stand in quotes',
  BAD_DIRECTIVE: 'this directive is not supported; text that begins with % must stand in quotes',
  BAD_DQ_ESCAPE: 'no escape sequence of YAML: write \\\\ for a backslash, or use single quotes',
  BAD_SCALAR_START: 'text that begins with this character must stand in quotes',
  RESOURCE_EXHAUSTION: 'the file takes too much to be read',
};

/** What the YAML library found wrong, in words that quote nothing of the file. */
export function faultText({ code, message }: YAMLError): string {
  const [line = ''] = message.split('\n');
  // The library's own words, then the token itself.
  const words = code === 'UNEXPECTED_TOKEN' ? line.replace(/: .*$/, '') : line;
  return ownWords[code] ?? words.replace(/:$/, '');
}

/**
 * Why a document without syntax errors can't become data: aliases of nothing, aliases that explode, and merge keys of
 * something else than maps are found only when it is turned into data. Undefined when it can; the data then is `value`.
 */
export function toData(
  document: Document,
  aliasLimit: number,
  at: (offset: number) => string,
): { readonly value: unknown } | { readonly problem: Problem } {
  const problem = (offset: number | undefined, message: string) => ({
    problem: { where: at(offset ?? document.contents?.range?.[0] ?? 0), message },
  });
  const anchors = new Set<string>();
  let dangling: number | undefined;
  let exploding: number | undefined;
  let merging: number | undefined;
  visit(document, {
    Alias(_, alias) {
      if (!anchors.has(alias.source)) dangling ??= alias.range?.[0] ?? 0;
      const resolve = alias.resolve.bind(alias);
      alias.resolve = (...given) => {
        try {
          return resolve(...given);
        } catch (error) {
          // The innermost is where the limit was passed.
          exploding ??= alias.range?.[0] ?? 0;
          throw error;
        }
      };
    },
    Value(_, node) {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
    Pair(_, { key, value }) {
      if (!isScalar(key) || (key.value !== '<<' && String(key.source) !== '<<')) return;
      const sources = isSeq(value) ? value.items : [value];
      const isMerge = sources.every((source) => isMap(isAlias(source) ? source.resolve(document) : source));
      if (!isMerge && !isPair(value)) merging ??= key.range?.[0];
    },
  });
  if (dangling !== undefined)
    return problem(
      dangling,
      'alias of an anchor that does not stand before it; text that begins with * must stand in quotes',
    );
  try {
    return { value: document.toJS({ maxAliasCount: aliasLimit }) };
  } catch {
    return exploding === undefined
      ? problem(merging, 'the merge key << takes a map, an alias of a map, or a list of these')
      : problem(exploding, `aliases expand to more than ${aliasLimit} parts; write them out`);
  }
}
