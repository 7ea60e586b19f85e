import { bundleGone } from '#domain/bundle-gone.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { BundleStore } from '#ports/bundle-store.ts';

/** Bundles in this process. */
export interface MemoryBundleStore extends BundleStore {
  upload(bundle: BundleReference, bytes: Uint8Array): void;
  remove(bundle: BundleReference): void;
}

const nameOf = ({ bucket, key, versionId }: BundleReference): string => `${bucket}/${key}#${versionId}`;

export function createMemoryBundleStore(): MemoryBundleStore {
  const bundles = new Map<string, Uint8Array>();
  return {
    upload(bundle, bytes) {
      bundles.set(nameOf(bundle), bytes);
    },
    remove(bundle) {
      bundles.delete(nameOf(bundle));
    },
    async head(bundle) {
      const found = bundles.get(nameOf(bundle));
      return found && { sizeBytes: found.length };
    },
    async read(bundle, start, end) {
      const found = bundles.get(nameOf(bundle));
      if (found === undefined) throw bundleGone(bundle);
      return chunks(found.subarray(start, end));
    },
  };
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
