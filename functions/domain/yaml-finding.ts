import type { Problem } from '#domain/yaml-problem.ts';

/** Where in a document: object keys and list indexes from its root. */
export type YamlPath = readonly (string | number)[];

/** One document of a YAML (or JSON) file, with the places of its parts. */
export interface YamlDocument {
  readonly value: unknown;
  /** `file:line:column` of the value at a path, or of its nearest ancestor that is written out. */
  place(path: YamlPath): string;
  /** `file:line:column` of the key that a path ends with. */
  keyPlace(path: YamlPath): string;
}

/** What reading a file comes upon, in order. */
export type YamlFinding =
  | { readonly kind: 'document'; readonly document: YamlDocument }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'note'; readonly note: string };
