import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum.ts';

/** A file on disk holding some of an object's bytes. */
export interface Segment {
  readonly file: string;
  readonly size: number;
}

/** What the uploader said about an object; kept and given back as it came. */
export interface ObjectProperties {
  /** `content-type`, `cache-control`, … by lower-case header name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption: { readonly algorithm: string; readonly keyId?: string };
}

interface VersionIdentity {
  readonly key: string;
  /** `null` in a bucket that was not versioned when it was written. */
  readonly versionId: string;
  /** Whole seconds, as S3 keeps it. */
  readonly lastModifiedMs: number;
  readonly sequencer: string;
}

export interface StoredObject extends VersionIdentity {
  readonly kind: 'object';
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly segments: readonly Segment[];
  readonly isMultipart: boolean;
  readonly checksum?: Checksum;
  readonly properties: ObjectProperties;
}

export interface DeleteMarker extends VersionIdentity {
  readonly kind: 'delete-marker';
}

export type ObjectVersion = StoredObject | DeleteMarker;

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
  readonly lastModifiedMs: number;
  readonly segment: Segment;
  readonly checksum: string;
}

export interface MultipartUpload {
  readonly uploadId: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly properties: ObjectProperties;
  readonly checksumAlgorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  /** False where S3 chose the algorithm by itself; parts then need not name it. */
  readonly checksumWasAsked: boolean;
  readonly parts: Map<number, UploadedPart>;
}

export type Versioning = 'Unversioned' | 'Enabled' | 'Suspended';

/** A bucket as the template declares it. */
export interface BucketSettings {
  readonly name: string;
  readonly versioning?: Versioning;
  /** Whether its events go to EventBridge. */
  readonly eventBridge?: boolean;
  readonly encryption?: { readonly algorithm: string; readonly keyId?: string };
}
