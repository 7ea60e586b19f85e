import type { Instant } from '#domain/instant.ts';
import { instant } from '#domain/instant.ts';
import type { KubernetesObject, ObjectMetadata } from '#domain/manifest.ts';

/** Metadata that the cluster writes. */
export interface LiveMetadata extends ObjectMetadata {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** An object as read from the cluster: every field may be absent, because clusters differ. */
export interface LiveObject extends KubernetesObject {
  readonly metadata: LiveMetadata;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

/** The condition of that type, if the object has it. */
export function conditionOf(
  status: { readonly conditions?: readonly Condition[] } | undefined,
  type: string,
): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** The controller that owns the object, if one does. */
export function controllerOf(object: LiveObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** The moment of a Kubernetes timestamp; undefined when it is absent or unreadable. */
export function momentOf(timestamp: string | null | undefined): Instant | undefined {
  const milliseconds = timestamp ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : instant(milliseconds);
}

/** The generation that an object's status tells of; undefined where its controller does not say. */
export function observedGeneration({ status }: LiveObject): number | undefined {
  const { observedGeneration: observed } = (status ?? {}) as { readonly observedGeneration?: unknown };
  return typeof observed === 'number' ? observed : undefined;
}
