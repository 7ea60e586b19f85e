/** One version of one stored document: what the states pass along instead of content. */
export interface DocumentReference {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}

/** One version of one uploaded bundle. */
export type BundleReference = DocumentReference;
