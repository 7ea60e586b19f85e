import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import { judgeDeployment } from '#domain/health-deployment.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import { type Deployment, type Service, selects } from '#domain/workload.ts';

/**
 * The health of a Service (KUBERNETES.md §8): it must lead to a ready endpoint if anything is meant to be behind it.
 * Other tools call it ready at once, so that a mistyped selector passes.
 */
export function judgeService(
  object: KubernetesObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  const service = seen(evidence, '/Service').find(
    ({ metadata }) =>
      metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace,
  );
  if (service === undefined) return { verdict: 'progressing', reason: 'does not exist yet' };
  if (service.metadata.deletionTimestamp !== undefined)
    return { verdict: 'deleting', reason: 'is being deleted' };
  const endpoints = judgeEndpoints(service, evidence, context);
  return endpoints.verdict === 'ready' && awaitsLoadBalancer(service) ? noLoadBalancer : endpoints;
}

function judgeEndpoints(service: Service, evidence: RolloutEvidence, context: HealthContext): Health {
  const { selector = {}, type, clusterIP } = service.spec;
  if (type === 'ExternalName' || clusterIP === 'None' || Object.keys(selector).length === 0)
    return { verdict: 'ready' };
  const inNamespace = (candidate: { readonly metadata: { readonly namespace?: string } }) =>
    candidate.metadata.namespace === service.metadata.namespace;
  const behind = seen(evidence, 'apps/Deployment').filter(
    (deployment) => inNamespace(deployment) && selects(selector, deployment.spec.template.metadata?.labels),
  );
  const pods = seen(evidence, '/Pod').filter(
    (pod) =>
      inNamespace(pod) &&
      pod.metadata.deletionTimestamp === undefined &&
      selects(selector, pod.metadata.labels),
  );
  if (pods.length === 0 && behind.every(isScaledToZero))
    return judgeNothingBehind(service, behind, evidence, context);
  const ready = readyEndpoints(service, evidence);
  return ready > 0 ? { verdict: 'ready' } : { verdict: 'progressing', reason: 'no ready endpoint yet' };
}

function isScaledToZero({ spec }: Deployment): boolean {
  return spec.replicas === 0;
}

function judgeNothingBehind(
  service: Service,
  behind: readonly Deployment[],
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  if (behind.length > 0) return { verdict: 'ready' };
  const workloads = context.objects.filter(({ kind }) => kind === 'Deployment');
  if (workloads.length === 0) return { verdict: 'ready', warning: 'its selector matches no pod' };
  const allReady = workloads.every(
    (workload) => judgeDeployment(workload, evidence, context).verdict === 'ready',
  );
  if (!allReady) return { verdict: 'progressing', reason: 'no pod matches its selector yet' };
  const selector = Object.entries(service.spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  const summary = `its selector '${selector.join(',')}' matches no pod`;
  return {
    verdict: 'failed',
    reason: summary,
    cause: { rule: 'H-service', object: identityOf(service), summary },
  };
}

function readyEndpoints(service: Service, evidence: RolloutEvidence): number {
  const unreadyCounts = service.spec.publishNotReadyAddresses === true;
  return seen(evidence, 'discovery.k8s.io/EndpointSlice')
    .filter(
      ({ metadata }) =>
        metadata.namespace === service.metadata.namespace &&
        metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
    )
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => {
      // An absent condition counts as true, but for `terminating`: that is how the API defines them.
      const usable = unreadyCounts || conditions?.ready !== false;
      return usable && conditions?.serving !== false && conditions?.terminating !== true;
    }).length;
}

const noLoadBalancer: Health = {
  verdict: 'progressing',
  reason: 'has no load balancer yet',
  blockedBy: 'load-balancer controller',
};

function awaitsLoadBalancer({ spec, status }: Service): boolean {
  return spec.type === 'LoadBalancer' && (status?.loadBalancer?.ingress ?? []).length === 0;
}
