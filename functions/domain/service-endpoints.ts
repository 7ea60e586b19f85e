import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { EndpointSlice, Service } from '#domain/workload.ts';

const serviceLabel = 'kubernetes.io/service-name';
const indexes = new WeakMap<RolloutEvidence, ReadonlyMap<string, readonly EndpointSlice[]>>();

function slicesOf(evidence: RolloutEvidence): ReadonlyMap<string, readonly EndpointSlice[]> {
  const known = indexes.get(evidence);
  if (known !== undefined) return known;
  const index = Map.groupBy(
    seen(evidence, 'discovery.k8s.io/EndpointSlice'),
    ({ metadata }) => `${metadata.namespace}/${metadata.labels?.[serviceLabel] ?? ''}`,
  );
  indexes.set(evidence, index);
  return index;
}

/** How many endpoints of a Service take traffic (KUBERNETES.md §8). */
export function readyEndpoints({ metadata, spec }: Service, evidence: RolloutEvidence): number {
  const unreadyCounts = spec.publishNotReadyAddresses === true;
  return (slicesOf(evidence).get(`${metadata.namespace}/${metadata.name}`) ?? [])
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => {
      // An absent condition counts as true, but for `terminating`: that is how the API defines them.
      const usable = unreadyCounts || conditions?.ready !== false;
      return usable && conditions?.serving !== false && conditions?.terminating !== true;
    }).length;
}
