import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { unlessThrottled } from '#adapters/aws/throttling.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { DocumentStore } from '#ports/document-store.ts';

/** S3's answers to `If-None-Match: *` where the key exists, or is being written by somebody else at this moment. */
const existsNames = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

/**
 * Documents of releases in a versioned S3 bucket. The newest version under a key is compared by its SHA-256, so that
 * a repeated write answers the version already there; another document becomes a version of its own.
 */
export function createDocumentStore(s3: S3Client, { bucket }: { readonly bucket: string }): DocumentStore {
  async function put(input: PutObjectCommandInput): Promise<string | undefined> {
    const stored = await unlessThrottled('s3', () => s3.send(new PutObjectCommand(input)));
    return stored.VersionId;
  }

  async function newestWith(key: string, sha256: string): Promise<string | undefined> {
    const head = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' });
    const newest = await unlessThrottled('s3', () => s3.send(head));
    return newest.ChecksumSHA256 === sha256 ? newest.VersionId : undefined;
  }

  async function versionOf(input: PutObjectCommandInput & { Key: string; ChecksumSHA256: string }) {
    try {
      return await put({ ...input, IfNoneMatch: '*' });
    } catch (error) {
      if (!(error instanceof Error) || !existsNames.has(error.name)) throw error;
      return (await newestWith(input.Key, input.ChecksumSHA256)) ?? (await put(input));
    }
  }

  return {
    async put(key, document) {
      const body = Buffer.from(canonicalJson(document));
      const versionId = await versionOf({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'application/json',
        ChecksumSHA256: createHash('sha256').update(body).digest('base64'),
      });
      if (versionId === undefined) throw new Error(`bucket "${bucket}" answered no version for "${key}"`);
      return { bucket, key, versionId };
    },

    async get<Document>({
      bucket: from,
      key,
      versionId,
    }: {
      bucket: string;
      key: string;
      versionId: string;
    }) {
      const request = new GetObjectCommand({ Bucket: from, Key: key, VersionId: versionId });
      const found = await unlessThrottled('s3', () => s3.send(request));
      return JSON.parse((await found.Body?.transformToString('utf-8')) ?? 'null') as Document;
    },
  };
}
