import { type Document, isNode, isScalar, visit } from 'yaml';
import type { YamlFinding } from '#domain/yaml-finding.ts';

/** Finds keys that stand twice in one map, compared as the text they become in JSON (`1` and `"1"` are one key). */
export function findDuplicateKeys(document: Document, at: (offset: number) => string): YamlFinding[] {
  const findings: YamlFinding[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Map<string, string>();
      for (const { key } of items) {
        if (!isNode(key)) continue;
        const where = at(key.range?.[0] ?? 0);
        const message = isScalar(key) ? undefined : 'a key must be text, not a collection or an alias';
        const name = isScalar(key) ? String(key.value) : '';
        const first = isScalar(key) ? seen.get(name) : undefined;
        if (message !== undefined) findings.push({ kind: 'problem', problem: { where, message } });
        if (first !== undefined) {
          const text = `duplicate key \`${name}\`: it stands at ${first} already; remove one of them`;
          findings.push({ kind: 'problem', problem: { where, message: text } });
        }
        if (isScalar(key) && first === undefined) seen.set(name, where);
      }
    },
  });
  return findings;
}
