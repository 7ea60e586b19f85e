import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, Plan } from '#domain/plan.ts';

/**
 * The inventory of a promotion that changed nothing: every object of the release was there already, so the plan knows
 * their uids. `objects` is the release's content.
 */
export function unchangedInventory(plan: Plan, objects: readonly KubernetesObject[]): Inventory {
  const found = new Map(plan.changes.map((change) => [identityText(change.identity), change]));
  const entries = objects.flatMap((object) => {
    const identity = identityOf(object);
    const { uid, fingerprint } = found.get(identityText(identity)) ?? {};
    if (uid === undefined) return [];
    const proof = fingerprint === undefined ? {} : { fingerprint };
    return [{ identity, apiVersion: object.apiVersion, uid, ...proof }];
  });
  return { release: plan.release, content: plan.content, objects: entries, ...retainedOf(plan) };
}

/** What a plan keeps of earlier releases, so that a later one may still prune it (KUBERNETES.md C2). */
export function retainedOf({ retained }: Plan): Pick<Inventory, 'retained'> {
  return retained === undefined ? {} : { retained };
}
