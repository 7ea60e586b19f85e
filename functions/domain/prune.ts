import { applySetId, partOfLabel } from '#domain/applyset.ts';
import { applicationAnnotation, environmentAnnotation, type IntentOwner } from '#domain/intent.ts';
import { controllerOf, type LiveObject } from '#domain/live-object.ts';
import { identityText, type ObjectIdentity } from '#domain/manifest.ts';
import { protectionOf } from '#domain/prune-protection.ts';

/** Whether an object that no release names any more may be deleted, and if not, why. */
export type PruneVerdict =
  | { readonly kind: 'prune' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'keep'; readonly note: string };

// Annotations by which this and other tools are told to keep an object (KUBERNETES.md P2).
const keepAnnotations: readonly (readonly [string, RegExp])[] = [
  ['tidegate.dev/prune', /^disabled$/],
  ['helm.sh/resource-policy', /^keep$/],
  ['argocd.argoproj.io/sync-options', /\bPrune=false\b/],
  ['kustomize.toolkit.fluxcd.io/prune', /^disabled$/],
  ['cli-utils.sigs.k8s.io/on-remove', /^keep$/],
  ['client.lifecycle.config.k8s.io/deletion', /^detach$/],
  ['kapp.k14s.io/delete-strategy', /^orphan$/],
];

/** An object that no release names any more. */
export interface PruneSubject {
  readonly identity: ObjectIdentity;
  /** As recorded; absent when only the live object can tell. */
  readonly uid?: string;
  /** The release names it as one to delete though it is protected (P3). */
  readonly confirmed?: boolean;
}

/** Judges one prune candidate against the live object: every guard of KUBERNETES.md P2 and P3 must let it through. */
export function judgePrune(
  { identity, uid, confirmed }: PruneSubject,
  live: LiveObject | undefined,
  owner: IntentOwner,
): PruneVerdict {
  const subject = identityText(identity);
  if (live === undefined || (uid !== undefined && live.metadata.uid !== uid)) return { kind: 'gone' };
  if (live.metadata.deletionTimestamp !== undefined) return { kind: 'gone' };
  const keep = (reason: string): PruneVerdict => ({
    kind: 'keep',
    note: `${subject}: not pruned, ${reason}`,
  });
  const controller = controllerOf(live);
  if (controller !== undefined) return keep(`${controller.kind} '${controller.name}' controls it`);
  const annotations = live.metadata.annotations ?? {};
  const kept = keepAnnotations.find(([name, value]) => value.test(annotations[name] ?? ''));
  if (kept !== undefined) return keep(`its annotation '${kept[0]}' says so`);
  const application = annotations[applicationAnnotation];
  const environment = annotations[environmentAnnotation];
  if (application !== owner.application || environment !== owner.environment) {
    return keep(`it belongs to '${application ?? 'nobody'}' in '${environment ?? 'no environment'}' now`);
  }
  const set = live.metadata.labels?.[partOfLabel];
  if (set !== applySetId(owner)) {
    const where = set === undefined ? 'was taken away' : `says ApplySet '${set}'`;
    return keep(`its label '${partOfLabel}' ${where}`);
  }
  const protection = confirmed === true ? undefined : protectionOf(identity, live);
  if (protection !== undefined) {
    return keep(
      `${protection}; to delete it name it under \`confirm.prune\` in tidegate.yaml, or delete it by hand`,
    );
  }
  return { kind: 'prune' };
}
