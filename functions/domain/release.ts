import type { Instant } from '#domain/instant.ts';
import type { ReleaseOutcome } from '#domain/outcome.ts';
import type { BundleReference, DocumentReference } from '#domain/reference.ts';

/** Names one release: an application and its number, from 1. */
export interface ReleaseId {
  readonly application: string;
  readonly release: number;
}

/** The parameter versions that a release's pipeline was read from, as evidence: parameter name → version. */
export type PipelinePins = Readonly<Record<string, number>>;

/** What went wrong, as recorded and shown. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** One release as the ledger holds it. */
export interface Release extends ReleaseId {
  readonly bundle: BundleReference;
  /** When the upload was complete, by the time of its event: the order of releases. */
  readonly uploadedAt: Instant;
  readonly receivedAt: Instant;
  /** Of the pipeline as it was when the release came in: in force for it, whatever operators put later. */
  readonly pipelineDigest: string;
  readonly pipelinePins: PipelinePins;
  readonly environments: readonly string[];
  readonly executionArn?: string;
  /** Canonical objects per environment, images pinned; present once VerifyImages has run. */
  readonly contents?: Readonly<Record<string, DocumentReference>>;
  readonly outcome?: ReleaseOutcome;
  readonly endedAt?: Instant;
  readonly failure?: Failure;
  /** The newer release, when the outcome is `superseded`. */
  readonly supersededBy?: number;
}

/** The execution name of a release: at most 80 characters, unique per release. */
export function releaseExecutionName({ application, release }: ReleaseId): string {
  return `${application}-${release}`;
}
