import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { unlessThrottled } from '#adapters/aws/throttling.ts';
import { bundleGone } from '#domain/bundle-gone.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { BundleStore } from '#ports/bundle-store.ts';

/** S3's words for a version that is gone; HEAD answers have no body, so only `NotFound`. */
const goneNames = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound']);

function isGone(error: unknown): boolean {
  return error instanceof Error && goneNames.has(error.name);
}

function versionOf({ bucket, key, versionId }: BundleReference) {
  return { Bucket: bucket, Key: key, VersionId: versionId };
}

/** Uploaded bundles in a versioned S3 bucket. Needs s3:GetObjectVersion, and s3:ListBucket to be told that a key is gone. */
export function createBundleStore(s3: S3Client): BundleStore {
  return {
    async head(bundle) {
      try {
        const found = await unlessThrottled('s3', () => s3.send(new HeadObjectCommand(versionOf(bundle))));
        return { sizeBytes: found.ContentLength ?? 0 };
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },

    async read(bundle, start, end) {
      // S3 has no way to ask for an empty range.
      if (end <= start) return emptyBytes();
      const request = new GetObjectCommand({ ...versionOf(bundle), Range: `bytes=${start}-${end - 1}` });
      try {
        const { Body } = await unlessThrottled('s3', () => s3.send(request));
        return Body as unknown as AsyncIterable<Uint8Array>;
      } catch (error) {
        if (!isGone(error)) throw error;
        throw bundleGone(bundle, { cause: error });
      }
    },
  };
}

async function* emptyBytes(): AsyncGenerator<Uint8Array> {}
