import type { DocumentReference } from '#domain/reference.ts';

/** JSON documents of releases (canonical objects, plans, inventories): written once, read by version. */
export interface DocumentStore {
  /** Stores canonical JSON under `key`; the same document under the same key again answers the version already there. */
  put(key: string, document: unknown): Promise<DocumentReference>;
  get<Document>(reference: DocumentReference): Promise<Document>;
}
