import { bundleGone } from '#domain/bundle-gone.ts';
import { type Instant, instant } from '#domain/instant.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { BundleStore } from '#ports/bundle-store.ts';

/** Bundles in this process. */
export interface MemoryBundleStore extends BundleStore {
  upload(bundle: BundleReference, bytes: Uint8Array, uploadedAt?: Instant): void;
  remove(bundle: BundleReference): void;
}

const nameOf = ({ bucket, key, versionId }: BundleReference): string => `${bucket}/${key}#${versionId}`;

export function createMemoryBundleStore(): MemoryBundleStore {
  const bundles = new Map<string, { readonly bytes: Uint8Array; readonly uploadedAt: Instant }>();
  return {
    upload(bundle, bytes, uploadedAt = instant(0)) {
      bundles.set(nameOf(bundle), { bytes, uploadedAt });
    },
    remove(bundle) {
      bundles.delete(nameOf(bundle));
    },
    async head(bundle) {
      const found = bundles.get(nameOf(bundle));
      return found && { sizeBytes: found.bytes.length, uploadedAt: found.uploadedAt, metadata: {} };
    },
    async read(bundle, start, end) {
      const found = bundles.get(nameOf(bundle));
      if (found === undefined) throw bundleGone(bundle);
      return chunks(found.bytes.subarray(start, end));
    },
  };
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
