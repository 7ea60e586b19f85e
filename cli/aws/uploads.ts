import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { BundleReference } from '#domain/reference.ts';
import { RefusedError } from '../cli-error.ts';
import type { Target } from '../target/target.ts';

/** A file to upload. */
export interface Upload {
  readonly file: string;
  readonly key: string;
  /** Of the whole file, hex: S3 refuses the upload when what arrived has another. */
  readonly sha256: string;
}

/** Uploads a bundle as a new version. Answers that version. */
export async function upload(
  { settings, stack }: Target,
  { file, key, sha256 }: Upload,
): Promise<BundleReference> {
  const client = new S3Client(settings);
  const bucket = stack.BundleBucketName;
  try {
    const { VersionId } = await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: createReadStream(file),
        ContentLength: (await stat(file)).size,
        ContentType: 'application/zip',
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      }),
    );
    if (VersionId === undefined || VersionId === 'null') {
      throw new RefusedError(
        `bucket ${bucket} keeps no versions: a release is pinned to one; turn versioning on`,
      );
    }
    return { bucket, key, versionId: VersionId };
  } finally {
    client.destroy();
  }
}
