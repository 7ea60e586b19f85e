import type { Schema } from './schema/schema.ts';

export type Subresource =
  | 'status'
  | 'scale'
  | 'log'
  | 'eviction'
  | 'binding'
  | 'token'
  | 'finalize'
  | 'resize';

/** Where a custom resource's scale keeps its numbers: `.spec.replicas` and the like. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** One kind the cluster serves; everything that differs between kinds and is not behaviour is in this. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural in URLs. */
  readonly resource: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Name of its schema: for built-in kinds that in schema/types.json. */
  readonly model: string;
  readonly schema: Schema;
  readonly subresources: readonly Subresource[];
  /** Whether `metadata.generation` counts changes of everything outside metadata and status. */
  readonly counted: boolean;
  /** First part of its keys in the store. */
  readonly storedAs: string;
  /** The version in which the store keeps it. */
  readonly storageVersion: string;
  /** What only custom resources have. */
  readonly custom?: CustomKind;
}

export interface CustomKind {
  /** The version's `openAPIV3Schema`, or undefined where none is kept. */
  // biome-ignore lint/suspicious/noExplicitAny: a JSON schema is open JSON
  readonly openApi: any;
  readonly scale: ScalePaths | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as the definition gives them
  readonly columns: readonly any[];
  /** Shown with each answer when the version is deprecated. */
  readonly deprecation: string | undefined;
}

export function apiVersionOf(kind: Kind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `deployments.apps`, `pods`: how messages name a resource. */
export function qualifiedResource(kind: Kind): string {
  return kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
}

/** `Deployment.apps`, `Pod`: how validation messages name a kind. */
export function qualifiedKind(kind: Kind): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}
