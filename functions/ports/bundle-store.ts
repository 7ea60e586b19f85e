import type { BundleReference } from '#domain/reference.ts';

/** What the store knows of one uploaded version. */
export interface BundleHead {
  readonly sizeBytes: number;
}

/** Uploaded bundles, read by version and in ranges; never written. */
export interface BundleStore {
  /** Undefined when that version is gone. */
  head(bundle: BundleReference): Promise<BundleHead | undefined>;
  /** Bytes `start` (inclusive) to `end` (exclusive) of the version, as a stream. Throws BundleInvalidError when it is gone. */
  read(bundle: BundleReference, start: number, end: number): Promise<AsyncIterable<Uint8Array>>;
}
