import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, Plan } from '#domain/plan.ts';

/**
 * The inventory of a promotion that changed nothing: every object of the release was there already, so the plan knows
 * their uids. `objects` is the release's content.
 */
export function unchangedInventory(plan: Plan, objects: readonly KubernetesObject[]): Inventory {
  const uids = new Map(plan.changes.map(({ identity, uid }) => [identityText(identity), uid]));
  const entries = objects.flatMap((object) => {
    const identity = identityOf(object);
    const uid = uids.get(identityText(identity));
    return uid === undefined ? [] : [{ identity, apiVersion: object.apiVersion, uid }];
  });
  return { release: plan.release, content: plan.content, objects: entries };
}
