import { type Cause, readyRuleOf } from '#domain/cause.ts';
import { findLive, type RolloutEvidence } from '#domain/evidence.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import { readyEndpoints } from '#domain/service-endpoints.ts';
import { trafficFailure } from '#domain/traffic-events.ts';
import type { Ingress, IngressBackend, Service } from '#domain/workload.ts';

const classAnnotation = 'kubernetes.io/ingress.class';

/**
 * The health of an Ingress (KUBERNETES.md §8): every Service that it leads to exists and has a ready endpoint, and its
 * controller has given it an address, which `own` says.
 */
export function judgeIngress(
  own: Health,
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  if (own.verdict !== 'ready' && own.verdict !== 'progressing') return own;
  const failure = trafficFailure(live, evidence, context);
  if (failure !== undefined) return { verdict: 'failed', reason: failure.summary, cause: failure };
  const backend = backendTrouble(live as Ingress, evidence);
  if (own.verdict === 'ready')
    return backend === undefined
      ? own
      : { verdict: 'progressing', reason: backend, cause: causeOf(live, backend) };
  // Without a controller it has no address whatever its backends are: both are told.
  const absent = absentClass(live as Ingress, evidence, context.objects);
  const reason = [absent ?? own.reason, ...(backend === undefined ? [] : [backend])].join('; ');
  const { blockedBy = 'ingress controller' } = own;
  return { ...own, reason, blockedBy, cause: { ...causeOf(live, reason), blockedBy } };
}

function causeOf(live: LiveObject, summary: string): Cause {
  const identity = identityOf(live);
  return {
    rule: readyRuleOf(identity),
    object: identity,
    ...(live.metadata.uid === undefined ? {} : { uid: live.metadata.uid }),
    summary,
  };
}

function backendTrouble(ingress: Ingress, evidence: RolloutEvidence): string | undefined {
  const { defaultBackend, rules = [] } = ingress.spec ?? {};
  const backends = rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend));
  // Services that nobody sees tell nothing.
  if (evidence['/Service'] === undefined) return undefined;
  const all: readonly IngressBackend[] =
    defaultBackend === undefined ? backends : [defaultBackend, ...backends];
  // An action of the load balancer's own, not a Service (AWS Load Balancer Controller).
  const names = all.flatMap(({ service }) =>
    service === undefined || service.port?.name === 'use-annotation' ? [] : service.name,
  );
  for (const name of new Set(names)) {
    const trouble = serviceTrouble(ingress, name, evidence);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function serviceTrouble({ metadata }: Ingress, name: string, evidence: RolloutEvidence): string | undefined {
  const place = { name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) };
  const service = findLive(evidence, { apiVersion: 'v1', kind: 'Service', metadata: place });
  if (service === undefined) return `the Service '${name}' that it leads to does not exist`;
  const { spec } = service as Service;
  const isElsewhere = spec.type === 'ExternalName' || Object.keys(spec.selector ?? {}).length === 0;
  return isElsewhere || readyEndpoints(service as Service, evidence) > 0
    ? undefined
    : `the Service '${name}' that it leads to has no ready endpoint yet`;
}

/** Why nobody takes the Ingress on: its class does not exist; undefined where that can't be told. */
function absentClass(
  { spec, metadata }: Ingress,
  evidence: RolloutEvidence,
  objects: readonly KubernetesObject[],
): string | undefined {
  const classes = evidence['networking.k8s.io/IngressClass'];
  const name = spec?.ingressClassName;
  if (classes === undefined || metadata.annotations?.[classAnnotation] !== undefined) return undefined;
  const isDefault = (object: KubernetesObject) =>
    object.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true';
  const known = [...classes, ...objects.filter(({ kind }) => kind === 'IngressClass')];
  const found = known.some((each) => (name === undefined ? isDefault(each) : each.metadata.name === name));
  if (found) return undefined;
  return name === undefined
    ? 'has no address: it names no ingress class, and the cluster has no default one'
    : `has no address: IngressClass '${name}' does not exist`;
}
