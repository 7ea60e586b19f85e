import { identityText, type ObjectIdentity } from '#domain/manifest.ts';

/** A pod that the engine deletes because nothing else will: its controller makes another one in its place. */
export interface Remedy {
  readonly kind: /** The only bad pod of many, on a node of its own: the node may be at fault (KUBERNETES.md E16). */
    | 'node-suspect'
    /** A pod of a superseded revision that its StatefulSet waits for in vain (the trap of §8). */
    | 'superseded-revision';
  /** The workload. */
  readonly object: ObjectIdentity;
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** Why, for people. */
  readonly reason: string;
  /** Why it could not be done; it is not tried again. */
  readonly refusal?: string;
}

/** `deleted Pod production/db-0 of StatefulSet.apps production/db: …`. */
export function remedyText({ object, pod, reason, refusal }: Remedy): string {
  const text = `Pod ${pod.namespace}/${pod.name} of ${identityText(object)}: ${reason}`;
  return refusal === undefined ? `deleted ${text}` : `could not delete ${text} (${refusal})`;
}

/** True when that pod was dealt with. */
export function isRemedied(remedied: readonly Remedy[] | undefined, uid: string | undefined): boolean {
  return remedied?.some(({ pod }) => pod.uid === uid) ?? false;
}
