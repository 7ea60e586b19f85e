import type { Instant } from '#domain/instant.ts';
import type { ReleaseOutcome } from '#domain/outcome.ts';
import type { BundleReference, DocumentReference } from '#domain/reference.ts';
import type { Failure, PipelinePins, Release, ReleaseId } from '#domain/release.ts';

/** An upload that may become a release. */
export interface Upload {
  readonly application: string;
  readonly bundle: BundleReference;
  readonly uploadedAt: Instant;
  readonly receivedAt: Instant;
  /** Of the pipeline that is in force for the release, kept by `PipelineArchive` before. */
  readonly pipelineDigest: string;
  readonly pipelinePins: PipelinePins;
  readonly environments: readonly string[];
}

/** What became of an upload. */
export type UploadRecord =
  | { readonly kind: 'release'; readonly application: string; readonly release: number }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly refusedAt: Instant };

/** How a release ended. */
export interface ReleaseEnd {
  readonly outcome: ReleaseOutcome;
  readonly endedAt: Instant;
  readonly failure?: Failure;
  readonly supersededBy?: number;
}

/** The record of releases. Every write is conditional and idempotent: repeating it changes nothing. */
export interface ReleaseLedger {
  /**
   * Numbers an upload: the same upload always gets the same release, however often and concurrently it is asked for.
   * An upload older than the application's newest one is recorded as ended `superseded` in the same write.
   */
  receive(upload: Upload): Promise<Release>;
  /** Records an upload that cannot become a release; the first refusal stands. */
  refuse(bundle: BundleReference, failure: Failure, refusedAt: Instant): Promise<void>;
  upload(bundle: BundleReference): Promise<UploadRecord | undefined>;
  release(id: ReleaseId): Promise<Release | undefined>;
  /** The newest releases of an application, newest first, at most `limit`. */
  newest(application: string, limit: number): Promise<readonly Release[]>;
  noteExecution(id: ReleaseId, executionArn: string): Promise<void>;
  noteContents(id: ReleaseId, contents: Readonly<Record<string, DocumentReference>>): Promise<void>;
  /** Ends a release; the first end stands. Answers the end that stands. */
  end(id: ReleaseId, end: ReleaseEnd): Promise<ReleaseEnd>;
}
