import { quantity } from '#domain/quantity.ts';
import type { Container, PodSpec } from '#domain/workload.ts';

type Amounts = Readonly<Record<string, string | number>>;

/** What a LimitRange gives containers that say nothing themselves, by resource. */
export interface ContainerDefaults {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** What one pod counts for in a quota, by the quota's name of the resource: `requests.cpu`, `limits.memory`. */
export type PodDemand = Readonly<Record<string, number>>;

type Side = 'requests' | 'limits';

interface DemandingPodSpec extends PodSpec {
  readonly overhead?: Amounts;
  readonly resources?: Container['resources'];
}

/** What a container asks for after defaulting: a request that it leaves out is its limit, then the namespace's default. */
function amountsOf({ resources }: Container, defaults: ContainerDefaults, side: Side): Map<string, number> {
  const limits = { ...defaults.limits, ...resources?.limits };
  const amounts =
    side === 'limits' ? limits : { ...defaults.requests, ...resources?.limits, ...resources?.requests };
  return new Map(Object.entries(amounts).map(([name, value]) => [name, quantity(value) ?? 0]));
}

/** The pod's own limit is its request, too, where neither it nor any of its containers names one. */
function podAmounts(spec: DemandingPodSpec, side: Side): Amounts {
  const { requests = {}, limits = {} } = spec.resources ?? {};
  if (side === 'limits') return limits;
  const named = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    Object.keys({ ...resources?.requests, ...resources?.limits }),
  );
  const inherited = Object.entries(limits).filter(([name]) => !named.includes(name));
  return { ...Object.fromEntries(inherited), ...requests };
}

/**
 * What a pod counts for in quotas, as Kubernetes' scheduler and quota sum it: its containers and sidecars together, or an
 * init container with the sidecars before it where that is more; what the pod says for itself outranks both.
 */
export function podDemand(spec: PodSpec, defaults: ContainerDefaults): PodDemand {
  const { overhead = {}, containers, initContainers = [] } = spec as DemandingPodSpec;
  const demand: Record<string, number> = {};
  for (const side of ['requests', 'limits'] as const) {
    const sidecars = new Map<string, number>();
    const starting = new Map<string, number>();
    for (const container of initContainers) {
      for (const [name, amount] of amountsOf(container, defaults, side)) {
        const total = (sidecars.get(name) ?? 0) + amount;
        if (container.restartPolicy === 'Always') sidecars.set(name, total);
        starting.set(name, Math.max(starting.get(name) ?? 0, total));
      }
    }
    const running = new Map(sidecars);
    for (const container of containers)
      for (const [name, amount] of amountsOf(container, defaults, side))
        running.set(name, (running.get(name) ?? 0) + amount);
    for (const name of new Set([...running.keys(), ...starting.keys()]))
      demand[`${side}.${name}`] = Math.max(running.get(name) ?? 0, starting.get(name) ?? 0);
    for (const [name, value] of Object.entries(podAmounts(spec, side)))
      demand[`${side}.${name}`] = quantity(value) ?? 0;
    for (const [name, value] of Object.entries(overhead))
      if (demand[`${side}.${name}`] !== undefined)
        demand[`${side}.${name}`] = (demand[`${side}.${name}`] ?? 0) + (quantity(value) ?? 0);
  }
  return demand;
}

/** The containers that say nothing of a resource that a quota counts: their pods are refused. */
export function unspecifiedIn(
  spec: PodSpec,
  resource: string,
  defaults: ContainerDefaults,
): readonly string[] {
  const { containers, initContainers = [] } = spec;
  const side: Side = resource.startsWith('limits.') ? 'limits' : 'requests';
  const name = resource.slice(side.length + 1);
  if (podAmounts(spec, side)[name] !== undefined) return [];
  return [...containers, ...initContainers]
    .filter((container) => !amountsOf(container, defaults, side).has(name))
    .map((container) => container.name);
}
