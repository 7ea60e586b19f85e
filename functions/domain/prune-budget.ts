import type { Confirmations } from '#domain/confirmations.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';

/** How much a release may delete by the way: `max` objects, or `percent` of what is there if that is more (P4, N9). */
export interface PruneBudget {
  readonly max: number;
  readonly percent: number;
}

export const defaultPruneBudget: PruneBudget = { max: 10, percent: 30 };

export interface Deletions {
  readonly changes: readonly ObjectChange[];
  /** The release's. */
  readonly objects: readonly KubernetesObject[];
  /** How many the last good release put there. */
  readonly recorded: number;
  readonly budget: PruneBudget | undefined;
  readonly confirm: Confirmations | undefined;
}

/**
 * Notes on what a release deletes with a confirmation. Throws PolicyViolationError when it would delete more than the
 * environment's budget, or the last workload of a namespace, and does not say that this is meant (KUBERNETES.md P4).
 */
export function requirePruneBudget(deletions: Deletions): readonly string[] {
  const { changes, recorded, budget = defaultPruneBudget, confirm = {} } = deletions;
  const pruned = changes.filter(({ action }) => action === 'pruned').map(({ identity }) => identity);
  const allowed = Math.max(budget.max, Math.floor((recorded * budget.percent) / 100));
  const emptied = emptiedNamespaces(pruned, deletions.objects);
  const over =
    pruned.length > allowed
      ? [
          `that is more than the environment's pruneBudget (${budget.max}, or ${budget.percent} % of ${recorded} if that is more)`,
        ]
      : [];
  const reasons = [...over, ...emptied.map((namespace) => `no workload is left in namespace '${namespace}'`)];
  if (reasons.length === 0) return [];
  const subject = `release: deletes ${pruned.length} of ${recorded} objects`;
  if ((confirm.pruneUpTo ?? 0) >= pruned.length)
    return [`${subject}, as it confirms (pruneUpTo: ${confirm.pruneUpTo}): ${reasons.join('; ')}`];
  const names = pruned.map(identityText);
  throw new PolicyViolationError(
    `${subject}, and ${reasons.join('; ')}; if that is meant, write \`confirm: { pruneUpTo: ${pruned.length} }\` into tidegate.yaml. It would delete ${shortened(names)}`,
    { deletions: pruned.length, allowed, objects: names.slice(0, 50) },
  );
}

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'CronJob']);
const isWorkload = ({ kind }: Pick<ObjectIdentity, 'kind'>): boolean => workloads.has(kind);

function emptiedNamespaces(
  pruned: readonly ObjectIdentity[],
  objects: readonly KubernetesObject[],
): readonly string[] {
  const left = new Set(
    objects
      .map(identityOf)
      .filter(isWorkload)
      .map(({ namespace }) => namespace),
  );
  const lost = pruned.filter(isWorkload).flatMap(({ namespace }) => namespace ?? []);
  return [...new Set(lost)].filter((namespace) => !left.has(namespace)).sort();
}

const mostNames = 10;

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ');
  return names.length <= mostNames ? shown : `${shown} and ${names.length - mostNames} more`;
}
