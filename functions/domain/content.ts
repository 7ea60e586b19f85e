import type { Confirmations } from '#domain/confirmations.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { ReleaseId } from '#domain/release.ts';

/** One file of a bundle that was read, for the evidence. */
export interface BundleFileHash {
  readonly path: string;
  /** SHA-256 of the inflated file, hex. */
  readonly sha256: string;
}

/** Whether a release may be undone: a migration of data may be one that the release before cannot read. */
export type RollbackDeclaration = 'safe' | 'forward-only';

/** What a release puts into one environment: canonical objects, each with its namespace. Stored once per environment. */
export interface ReleaseContent extends ReleaseId {
  readonly environment: string;
  readonly bundle: BundleReference & { readonly files: readonly BundleFileHash[] };
  /** As `tidegate.yaml` says it, for people. */
  readonly version?: string;
  readonly description?: string;
  /** What the release says that it means to do, though it is refused otherwise. */
  readonly confirm?: Confirmations;
  /** `forward-only`: once it was applied it is not rolled back of its own accord (KUBERNETES.md R6). */
  readonly rollback?: RollbackDeclaration;
  /** By group, kind, namespace, name. */
  readonly objects: readonly KubernetesObject[];
  /** Warnings about the manifests' text; advisory. */
  readonly notes: readonly string[];
}
