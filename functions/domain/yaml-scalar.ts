import { type Document, isMap, type Scalar, visit } from 'yaml';
import type { YamlFinding } from '#domain/yaml-finding.ts';

/** Words that YAML 1.1 readers (kubectl among them) take for true or false, and YAML 1.2 takes as text. */
const truthWords = new Map<string, boolean>(
  (
    [
      [true, 'y Y yes Yes YES on On ON'],
      [false, 'n N no No NO off Off OFF'],
    ] as const
  ).flatMap(([truth, words]) => words.split(' ').map((word) => [word, truth] as const)),
);

interface ScalarRule {
  readonly kind: 'problem' | 'note';
  applies(scalar: Scalar, source: string): boolean;
  text(source: string): string;
  /** What the scalar is taken for instead. */
  read?(source: string): number;
  /** False where keys are another matter: they are text in JSON, and no two tools agree on which. */
  readonly isForKeys?: boolean;
}

/** What a plain (unquoted) scalar may not be, or is worth a word about. */
const rules: readonly ScalarRule[] = [
  {
    kind: 'note',
    applies: (_, source) => truthWords.has(source),
    text: (source) =>
      `unquoted \`${source}\` is read as text here and as ${truthWords.get(source)} by YAML 1.1 tools such as kubectl; write "${source}" or ${truthWords.get(source)}`,
  },
  {
    kind: 'note',
    // `defaultMode: 0400` read as 400 would be mode 0620, silently another one than kubectl, Helm and Argo CD apply.
    applies: ({ value }, source) => typeof value === 'number' && /^[-+]?0[0-7]+$/.test(source),
    isForKeys: false,
    read: (source) => Number.parseInt(source, 8),
    text: (source) => {
      const octal = Number.parseInt(source, 8);
      return `number \`${source}\` is read as octal, ${octal}, as kubectl does, and as ${Number(source)} by YAML 1.2 tools; write ${octal}, or "${source}" where text is meant`;
    },
  },
  {
    kind: 'problem',
    applies: ({ value }, source) => typeof value === 'number' && /^[-+]?0\d+$/.test(source),
    text: (source) =>
      `number \`${source}\` is read differently by YAML 1.1 and 1.2; write ${Number(source)}, or "${source}" where text is meant`,
  },
  {
    kind: 'problem',
    applies: ({ value }) => typeof value === 'number' && !Number.isFinite(value),
    text: (source) => `\`${source}\` is no number that JSON can hold; write it in quotes`,
  },
  {
    kind: 'problem',
    applies: ({ value }) =>
      typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value),
    text: (source) => `number \`${source}\` is too large to be kept exactly; write it in quotes`,
  },
];

const secretText =
  'an unquoted value of this Secret is read otherwise by YAML 1.1 tools, or cannot be kept exactly; write it in quotes';

/** Finds plain scalars that are read otherwise by other YAML readers, or that JSON cannot hold. */
export function inspectScalars(document: Document, at: (offset: number) => string): YamlFinding[] {
  const findings: YamlFinding[] = [];
  // Messages are logged, mailed and shown: what a Secret holds is not quoted.
  const isSecret = isMap(document.contents) && document.contents.get('kind') === 'Secret';
  visit(document, {
    Scalar(key, scalar) {
      if (scalar.type !== 'PLAIN' || scalar.source === undefined) return;
      const { source } = scalar;
      const rule = rules.find(
        ({ applies, isForKeys }) => (key !== 'key' || isForKeys !== false) && applies(scalar, source),
      );
      if (rule === undefined) return;
      if (rule.read !== undefined && !isSecret) scalar.value = rule.read(source);
      const where = at(scalar.range?.[0] ?? 0);
      const message = isSecret ? secretText : rule.text(source);
      findings.push(
        rule.kind === 'note' && !(isSecret && rule.read !== undefined)
          ? { kind: 'note', note: `${where}: ${message}` }
          : { kind: 'problem', problem: { where, message } },
      );
    },
  });
  return findings;
}
