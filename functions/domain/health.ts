import { readyRuleOf } from '#domain/cause.ts';
import { evidenceKey, findLive, type RolloutEvidence } from '#domain/evidence.ts';
import { judgeAutoscaler } from '#domain/health-autoscaler.ts';
import { judgeClaim } from '#domain/health-claim.ts';
import { judgeIngress } from '#domain/health-ingress.ts';
import { judgeJob } from '#domain/health-job.ts';
import { judgePod } from '#domain/health-pod.ts';
import { judgeObject } from '#domain/health-rules.ts';
import { judgeService, type WorkloadsReady } from '#domain/health-service.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { judgeWorkload } from '#domain/health-workload.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { isReadyOnceApplied } from '#domain/watch-scope.ts';
import { podOwningKinds } from '#domain/workload-revision.ts';

/** What pods, events and endpoints add to what an object shows by itself. */
type Judge = (
  own: Health,
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
  workloadsReady: WorkloadsReady,
) => Health;

const judges: Readonly<Record<string, Judge>> = {
  'apps/Deployment': judgeWorkload,
  'apps/StatefulSet': judgeWorkload,
  'apps/DaemonSet': judgeWorkload,
  'apps/ReplicaSet': judgeWorkload,
  '/ReplicationController': judgeWorkload,
  '/Pod': judgePod,
  'batch/Job': judgeJob,
  '/Service': judgeService,
  '/PersistentVolumeClaim': judgeClaim,
  'networking.k8s.io/Ingress': judgeIngress,
  'autoscaling/HorizontalPodAutoscaler': judgeAutoscaler,
};

/**
 * The health of one object of the release (KUBERNETES.md §8): by itself, then by the evidence around it. A kind that is
 * ready once applied, or that nobody watches, is judged by what was applied.
 */
export function judgeHealth(
  object: KubernetesObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  if (isReadyOnceApplied(object)) return { verdict: 'ready' };
  if (evidence[evidenceKey(object)] === undefined) return judgeUnwatched(object, context);
  const live = findLive(evidence, object);
  if (live === undefined) return { verdict: 'progressing', reason: 'does not exist yet' };
  const own = named(judgeObject(live, context));
  const workloadsReady = () => areWorkloadsReady(evidence, context);
  return judges[evidenceKey(object)]?.(own, live, evidence, context, workloadsReady) ?? own;
}

/** A cause by the ready rule of its kind, where it is by no other rule. */
function named(health: Health): Health {
  if (health.verdict !== 'failed' && health.verdict !== 'progressing') return health;
  const { cause } = health;
  return cause?.rule === 'H' ? { ...health, cause: { ...cause, rule: readyRuleOf(cause.object) } } : health;
}

function judgeUnwatched(object: KubernetesObject, context: HealthContext): Health {
  const declared = judgeObject(object, context);
  return declared.verdict === 'suspended' ? declared : { verdict: 'ready' };
}

// Asked by each Service that nothing is behind, in one look: the answer is the same for all of them.
const readiness = new WeakMap<RolloutEvidence, { readonly now: number; readonly ready: boolean }>();

function areWorkloadsReady(evidence: RolloutEvidence, context: HealthContext): boolean {
  const known = readiness.get(evidence);
  if (known?.now === context.now) return known.ready;
  const ready = context.objects
    .filter((object) => podOwningKinds.has(evidenceKey(object)) && object.kind !== 'Job')
    .every((object) => judgeHealth(object, evidence, context).verdict === 'ready');
  readiness.set(evidence, { now: context.now, ready });
  return ready;
}
