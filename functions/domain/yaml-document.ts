import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
} from 'yaml';
import { OversizeError, parseTokens } from '#domain/yaml-depth.ts';
import { faultText, toData } from '#domain/yaml-fault.ts';
import type { YamlFinding, YamlPath } from '#domain/yaml-finding.ts';
import { findDuplicateKeys } from '#domain/yaml-keys.ts';
import { inspectScalars } from '#domain/yaml-scalar.ts';

/** Collections within collections; Kubernetes' own deepest types stay below 30. */
export const nestingLimit = 100;

/**
 * Aliases that expand to aliases are counted by the product of their numbers: 100 allows every honest file, and no
 * "billion laughs" (the YAML library's own measure).
 */
const aliasLimit = 100;

const composerOptions = {
  version: '1.2',
  schema: 'core',
  // `!!binary`, `!!set` and the like have no JSON form: unknown tags are reported instead.
  resolveKnownTags: false,
  merge: true,
  // The library compares each key with all before it: quadratic. `findDuplicateKeys` is linear and names both places.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

function child(node: unknown, step: string | number): Pair<unknown, unknown> | unknown {
  if (isMap(node)) {
    return node.items.find(({ key }) => (isScalar(key) ? String(key.value) : key) === String(step));
  }
  return isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
}

/** The written-out nodes along a path: the value's and the last key's, each the nearest that exists. */
function locate(document: Document, path: YamlPath): { key: Node | undefined; value: Node | undefined } {
  let value = document.contents as Node | undefined;
  let key = value;
  for (const step of path) {
    const next = child(isAlias(value) ? value.resolve(document) : value, step);
    if (next === undefined) break;
    key = isPair(next) && isNode(next.key) ? next.key : isNode(next) ? next : key;
    value = isPair(next) ? (isNode(next.value) ? next.value : key) : isNode(next) ? next : value;
  }
  return { key, value };
}

function* inspect(document: Document.Parsed, file: string, lines: LineCounter): Generator<YamlFinding> {
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const problem = (where: string, message: string): YamlFinding => ({
    kind: 'problem',
    problem: { where, message },
  });
  const faults = [...document.errors, ...document.warnings];
  for (const fault of faults) yield problem(at(fault.pos[0]), faultText(fault));
  const inspected = [...findDuplicateKeys(document, at), ...inspectScalars(document, at)];
  yield* inspected;
  if (faults.length > 0 || inspected.some(({ kind }) => kind === 'problem')) return;
  const start = document.contents?.range?.[0] ?? 0;
  const data = toData(document, aliasLimit, at);
  if ('problem' in data) {
    yield { kind: 'problem', problem: data.problem };
    return;
  }
  const { value } = data;
  if (value === null || value === undefined) return;
  yield {
    kind: 'document',
    document: {
      value,
      place: (path) => at(locate(document, path).value?.range?.[0] ?? start),
      keyPlace: (path) => at(locate(document, path).key?.range?.[0] ?? start),
    },
  };
}

/**
 * Reads a YAML 1.2 file document by document, so that only one document's tree is held at a time. Empty documents
 * are skipped; a faulty one yields its problems and no document.
 */
export function* readYaml(file: string, text: string): Generator<YamlFinding> {
  const lines = new LineCounter();
  const tokens = parseTokens(text, lines, nestingLimit);
  try {
    for (const document of new Composer(composerOptions).compose(tokens, false, text.length)) {
      yield* inspect(document as Document.Parsed, file, lines);
    }
  } catch (error) {
    if (!(error instanceof OversizeError)) throw error;
    const { line, col } = lines.linePos(error.offset);
    const where = `${file}:${line}:${col}`;
    yield { kind: 'problem', problem: { where, message: error.message } };
  }
}
