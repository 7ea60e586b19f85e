import { readyRuleOf } from '#domain/cause.ts';
import { findLive, type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import { readyEndpoints } from '#domain/service-endpoints.ts';
import { trafficFailure } from '#domain/traffic-events.ts';
import { type PodTemplate, type Service, selects } from '#domain/workload.ts';
import { podOwningKinds } from '#domain/workload-revision.ts';

/** Whether the release's workloads are ready: a Service with nothing behind it is judged only then. */
export type WorkloadsReady = () => boolean;

/**
 * The health of a Service (KUBERNETES.md §8): it must lead to a ready endpoint if anything is meant to be behind it, and
 * `own`, what it shows by itself. Other tools call it ready at once, so that a mistyped selector passes.
 */
export function judgeService(
  own: Health,
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
  workloadsReady: WorkloadsReady,
): Health {
  if (own.verdict !== 'ready' && own.verdict !== 'progressing') return own;
  const failure = trafficFailure(live, evidence, context);
  if (failure !== undefined) return { verdict: 'failed', reason: failure.summary, cause: failure };
  const endpoints = judgeEndpoints(live as Service, evidence, context, workloadsReady);
  return endpoints.verdict === 'ready' && own.verdict !== 'ready' ? own : endpoints;
}

function judgeEndpoints(
  service: Service,
  evidence: RolloutEvidence,
  context: HealthContext,
  workloadsReady: WorkloadsReady,
): Health {
  const { selector = {}, type, clusterIP } = service.spec;
  if (type === 'ExternalName' || clusterIP === 'None' || Object.keys(selector).length === 0)
    return { verdict: 'ready' };
  if (readyEndpoints(service, evidence) > 0) return { verdict: 'ready' };
  const isHere = ({ metadata }: KubernetesObject) => metadata.namespace === service.metadata.namespace;
  const behind = workloadsOf(evidence, context).filter(
    (workload) => isHere(workload) && selects(selector, labelsOf(workload)),
  );
  const isMatched = seen(evidence, '/Pod').some(
    (pod) =>
      isHere(pod) &&
      pod.metadata.deletionTimestamp === undefined &&
      pod.status?.phase !== 'Succeeded' &&
      pod.status?.phase !== 'Failed' &&
      selects(selector, pod.metadata.labels),
  );
  if (!isMatched && behind.every(isScaledToZero))
    return judgeNothingBehind(service, behind, context, workloadsReady);
  return { verdict: 'progressing', reason: 'no ready endpoint yet' };
}

/** The workloads of the release, as they are in the cluster, and others that the evidence shows. */
function workloadsOf(evidence: RolloutEvidence, { objects }: HealthContext): readonly KubernetesObject[] {
  const own = objects.filter(isServing).map((object) => findLive(evidence, object) ?? object);
  const others = [...podOwningKinds].filter((key) => key !== '/Pod' && key !== 'apps/ReplicaSet');
  return [...own, ...others.flatMap((key) => evidence[key] ?? [])];
}

const kindsThatServe = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
  'Rollout',
]);

function isServing({ kind }: KubernetesObject): boolean {
  return kindsThatServe.has(kind);
}

function labelsOf(workload: KubernetesObject): Readonly<Record<string, string>> | undefined {
  if (workload.kind === 'Pod') return workload.metadata.labels;
  return (workload.spec as { readonly template?: PodTemplate } | undefined)?.template?.metadata?.labels;
}

function isScaledToZero({ spec }: KubernetesObject): boolean {
  return (spec as { readonly replicas?: number } | undefined)?.replicas === 0;
}

function judgeNothingBehind(
  service: Service,
  behind: readonly KubernetesObject[],
  context: HealthContext,
  workloadsReady: WorkloadsReady,
): Health {
  if (behind.length > 0) return { verdict: 'ready' };
  if (!context.objects.some(isServing)) return { verdict: 'ready', warning: 'its selector matches no pod' };
  if (!workloadsReady()) return { verdict: 'progressing', reason: 'no pod matches its selector yet' };
  const identity = identityOf(service);
  const selector = Object.entries(service.spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  const summary = `its selector '${selector.join(',')}' matches no pod`;
  return {
    verdict: 'failed',
    reason: summary,
    cause: {
      rule: readyRuleOf(identity),
      object: identity,
      ...(service.metadata.uid === undefined ? {} : { uid: service.metadata.uid }),
      summary,
    },
  };
}
