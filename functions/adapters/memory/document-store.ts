import { canonicalJson } from '#domain/canonical-json.ts';
import type { DocumentStore } from '#ports/document-store.ts';

/** Documents in this process. */
export function createMemoryDocumentStore({ bucket = 'documents' } = {}): DocumentStore {
  const versions = new Map<string, string[]>();
  return {
    async put(key, document) {
      const json = canonicalJson(document);
      const known = versions.get(key) ?? [];
      if (known.at(-1) !== json) known.push(json);
      versions.set(key, known);
      return { bucket, key, versionId: String(known.length) };
    },
    async get<Document>({ key, versionId }: { key: string; versionId: string }) {
      const json = versions.get(key)?.[Number(versionId) - 1];
      if (json === undefined) throw new Error(`document "${key}" has no version "${versionId}"`);
      return JSON.parse(json) as Document;
    },
  };
}
