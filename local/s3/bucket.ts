import type { Clock } from '../clock.ts';
import { createIdentifiers, type Identifiers } from './identifiers.ts';
import type {
  BucketSettings,
  DeleteMarker,
  MultipartUpload,
  ObjectVersion,
  StoredObject,
  Versioning,
} from './model.ts';
import { S3Error } from './s3-error.ts';

/** What removing a version or adding a marker did. */
export interface Deletion {
  /** The version that is gone for good, if any. */
  readonly removed?: ObjectVersion;
  /** The marker that now hides the key, if any. */
  readonly marker?: DeleteMarker;
}

/** One bucket: for each key its versions, newest first. */
export class Bucket {
  readonly name: string;
  readonly createdMs: number;
  readonly encryption: NonNullable<BucketSettings['encryption']>;
  readonly uploads = new Map<string, MultipartUpload>();
  versioning: Versioning;
  eventBridge: boolean;
  readonly #identifiers: Identifiers;
  readonly #clock: Clock;
  readonly #versions = new Map<string, ObjectVersion[]>();
  readonly #deletions = new Map<string, number>();

  constructor(settings: BucketSettings, clock: Clock) {
    this.name = settings.name;
    this.versioning = settings.versioning ?? 'Unversioned';
    this.eventBridge = settings.eventBridge ?? false;
    this.encryption = settings.encryption ?? { algorithm: 'AES256' };
    this.createdMs = wholeSecond(clock.now());
    this.#clock = clock;
    this.#identifiers = createIdentifiers(clock);
  }

  get isEmpty(): boolean {
    return this.#versions.size === 0;
  }

  /** How often something of that key was deleted: conditional writes notice a deletion in their middle by it. */
  deletionsOf(key: string): number {
    return this.#deletions.get(key) ?? 0;
  }

  newest(key: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.[0];
  }

  /** The object that a plain GET of the key gives. */
  current(key: string): StoredObject | undefined {
    const version = this.newest(key);
    return version?.kind === 'object' ? version : undefined;
  }

  /** The version of that id. Throws InvalidArgument for an id that S3 never gave, NoSuchVersion for one that is gone. */
  version(key: string, versionId: string): ObjectVersion {
    if (!this.#identifiers.isVersionId(versionId)) {
      throw new S3Error('InvalidArgument', {
        message: 'Invalid version id specified',
        members: { ArgumentName: 'versionId', ArgumentValue: versionId },
      });
    }
    const found = this.#versions.get(key)?.find((version) => version.versionId === versionId);
    if (!found) throw new S3Error('NoSuchVersion', { members: { Key: key, VersionId: versionId } });
    return found;
  }

  keys(): readonly string[] {
    return [...this.#versions.keys()].sort(byUtf8);
  }

  versionsOf(key: string): readonly ObjectVersion[] {
    return this.#versions.get(key) ?? [];
  }

  /** Adds an object; returns it and the `null` version it replaced in a bucket without versioning. */
  put(object: Omit<StoredObject, 'kind' | 'versionId' | 'lastModifiedMs' | 'sequencer'>): {
    stored: StoredObject;
    replaced?: ObjectVersion;
  } {
    const stored: StoredObject = {
      kind: 'object',
      ...object,
      ...this.#identify(this.versioning === 'Enabled'),
    };
    const replaced = this.#add(stored);
    return { stored, ...(replaced ? { replaced } : {}) };
  }

  /** A DELETE without a version id: hides the key behind a marker, or removes it where nothing is versioned. */
  deleteKey(key: string): Deletion {
    if (this.versioning === 'Unversioned') return this.#remove(key, 'null');
    this.#countDeletion(key);
    const marker: DeleteMarker = {
      kind: 'delete-marker',
      key,
      ...this.#identify(this.versioning === 'Enabled'),
    };
    const removed = this.#add(marker);
    return { marker, ...(removed ? { removed } : {}) };
  }

  /** A DELETE of one version, for good; of one that does not exist it does nothing, as S3. */
  deleteVersion(key: string, versionId: string): Deletion {
    if (!this.#identifiers.isVersionId(versionId)) this.version(key, versionId);
    return this.#remove(key, versionId);
  }

  /** A sequencer for an event about a version that was removed rather than written. */
  nextSequencer(): string {
    return this.#identifiers.sequencer();
  }

  #identify(isVersioned: boolean): Pick<ObjectVersion, 'versionId' | 'lastModifiedMs' | 'sequencer'> {
    return {
      versionId: isVersioned ? this.#identifiers.versionId() : 'null',
      lastModifiedMs: wholeSecond(this.#clock.now()),
      sequencer: this.#identifiers.sequencer(),
    };
  }

  #add(version: ObjectVersion): ObjectVersion | undefined {
    const versions = this.#versions.get(version.key) ?? [];
    const replaced =
      version.versionId === 'null' ? versions.find((other) => other.versionId === 'null') : undefined;
    this.#versions.set(version.key, [version, ...versions.filter((other) => other !== replaced)]);
    return replaced;
  }

  #remove(key: string, versionId: string): Deletion {
    const versions = this.#versions.get(key) ?? [];
    const removed = versions.find((version) => version.versionId === versionId);
    if (!removed) return {};
    this.#countDeletion(key);
    const left = versions.filter((version) => version !== removed);
    if (left.length) this.#versions.set(key, left);
    else this.#versions.delete(key);
    return { removed };
  }

  #countDeletion(key: string): void {
    this.#deletions.set(key, this.deletionsOf(key) + 1);
  }
}

const wholeSecond = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000;

const surrogate = /[\ud800-\udfff]/;

/** S3 lists keys in the order of their UTF-8 bytes, which JavaScript's own order is not beyond the BMP. */
export function byUtf8(a: string, b: string): number {
  if (surrogate.test(a) || surrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
