import { conditionNamed, conditionText, observedGenerationOf } from '#domain/health/conditions.ts';
import { numberAt, textAt } from '#domain/health/live-fields.ts';
import { failed, kindKey, progressing, type RuleContext } from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';

// Their controllers always write it, so a status without it is one that no controller has looked at (H0).
const alwaysObserved: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'policy/PodDisruptionBudget',
]);

/**
 * What is asked of every object before its kind's own rule (KUBERNETES.md H0): undefined when it may be judged. Argo CD
 * and kubectl take an observedGeneration above the object's as observed, kstatus doesn't; ours does.
 */
export function judgeBeforeAll(live: LiveObject, context: RuleContext): Health | undefined {
  if (textAt(live, 'metadata', 'deletionTimestamp') !== undefined)
    return { verdict: 'deleting', reason: 'is being deleted' };
  if (isOlder(live, context)) return progressing('only an earlier version of it was read so far');
  const generation = numberAt(live, 'metadata', 'generation');
  const observed = observedGenerationOf(live);
  if (observed === undefined && alwaysObserved.has(kindKey(live)))
    return progressing('not yet observed by its controller');
  if (observed !== undefined && observed < (generation ?? 0))
    return progressing(`its controller has seen generation ${observed} of ${generation}`);
  const reconciling = conditionNamed(live, 'Reconciling', context);
  if (reconciling?.status === 'True') return progressing(conditionText(reconciling));
  const stalled = conditionNamed(live, 'Stalled', context);
  return stalled?.status === 'True' ? failed(live, conditionText(stalled)) : undefined;
}

// Opaque by the API's contract, but a counter in every server there is.
function isOlder(live: LiveObject, { appliedResourceVersion }: RuleContext): boolean {
  const version = textAt(live, 'metadata', 'resourceVersion');
  if (version === undefined || appliedResourceVersion === undefined) return false;
  if (!/^\d+$/.test(version) || !/^\d+$/.test(appliedResourceVersion)) return false;
  return BigInt(version) < BigInt(appliedResourceVersion);
}
