import { ConfigurationError } from '#domain/errors.ts';
import { type Instant, instantOf } from '#domain/instant.ts';
import type { BundleReference } from '#domain/reference.ts';

/** The parts of EventBridge's S3 "Object Created" event that are read. */
export interface UploadEvent {
  /** When the object was created, ISO 8601, whole seconds. */
  readonly time?: string;
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: {
      /** As it is, not URL-encoded (as it is in S3's own notifications). */
      readonly key: string;
      readonly size?: number;
      readonly 'version-id'?: string;
    };
  };
}

/** One upload, as its event tells of it. */
export interface UploadedBundle {
  readonly bundle: BundleReference;
  readonly sizeBytes: number;
  /**
   * The event's own time: when the object was there, the same at each delivery. Not the object's LastModified, though
   * both count whole seconds: of a multipart upload that is when it began, and an upload that began earlier but was
   * complete later would be taken for the older one.
   */
  readonly uploadedAt: Instant;
}

function versionOf({ detail: { bucket, object } }: UploadEvent): string {
  const versionId = object['version-id'];
  if (versionId !== undefined && versionId !== '' && versionId !== 'null') return versionId;
  throw new ConfigurationError(`bucket "${bucket.name}" keeps no versions; turn versioning on`, {
    bucket: bucket.name,
  });
}

function malformed(
  { detail: { bucket, object } }: UploadEvent,
  field: string,
  value: unknown,
  wanted: string,
) {
  const is = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
  const message = `event of upload "${object.key}": \`${field}\` ${is}, must be ${wanted}; pass S3's event on as EventBridge delivers it`;
  return new ConfigurationError(message, { bucket: bucket.name, key: object.key, field });
}

/**
 * Reads what S3 tells EventBridge of an upload. Throws ConfigurationError when the bucket keeps no versions, or when the
 * event has no time or size: something between S3 and the function changes events then.
 */
export function readUpload(event: UploadEvent): UploadedBundle {
  const { time, detail } = event;
  const { key, size } = detail.object;
  const bundle = { bucket: detail.bucket.name, key, versionId: versionOf(event) };
  const uploadedAt = typeof time === 'string' ? instantOf(time) : undefined;
  if (uploadedAt === undefined) throw malformed(event, 'time', time, 'a time like "2026-01-31T09:00:00Z"');
  if (!Number.isSafeInteger(size) || size === undefined || size < 0)
    throw malformed(event, 'detail.object.size', size, 'a number of bytes');
  return { bundle, sizeBytes: size, uploadedAt };
}
