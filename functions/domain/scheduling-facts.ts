import type { LiveObject } from '#domain/live-object.ts';
import { type Amounts, amountText, largest, requestsOf } from '#domain/quantity.ts';
import type { Pod } from '#domain/workload.ts';

/** What keeps pods from nodes, and how many nodes each thing keeps them from. */
export interface Constraint {
  readonly nodes: number;
  readonly reason: string;
}

/**
 * The scheduler's message as counts per constraint (KUBERNETES.md G4): `0/3 nodes are available: 1 Insufficient cpu,
 * 2 node(s) had untolerated taint {…}. preemption: …`.
 */
export function constraintsOf(message: string): readonly Constraint[] {
  const list = /^\d+\/\d+ nodes are available: (.*?)(?:\.(?:\s|$)|$)/s.exec(message)?.[1] ?? '';
  return [...list.matchAll(/(\d+) ((?:[^,{]|\{[^}]*\})+)/g)]
    .map(([, count = '0', reason = '']) => ({
      nodes: Number(count),
      reason: reason
        .replace(/^node\(s\) /, '')
        .replace(/\.$/, '')
        .trim(),
    }))
    .toSorted((a, b) => b.nodes - a.nodes);
}

/** What is known of the cluster beside the scheduler's message; what may not be read is absent. */
export interface SchedulingEvidence {
  readonly nodes?: readonly LiveObject[];
  /** Karpenter's. */
  readonly nodePools?: readonly LiveObject[];
  readonly claims?: readonly LiveObject[];
  readonly volumes?: readonly LiveObject[];
}

/** Lines about why a pod finds no node: constraints by count, its requests beside the largest node, its volume's zone. */
export function schedulingFacts(
  message: string,
  pod: Pod | undefined,
  { nodes, nodePools, claims, volumes }: SchedulingEvidence,
): readonly string[] {
  const constraints = constraintsOf(message).map(({ nodes: count, reason }) => `${count} × ${reason}`);
  return [
    ...(constraints.length < 2 ? [] : [`Nodes refuse it: ${constraints.join(', ')}`]),
    ...(pod === undefined ? [] : sizeLines(pod, nodes, nodePools)),
    ...(pod === undefined ? [] : selectorLines(pod, nodes)),
    ...(pod === undefined ? [] : zoneLines(message, pod, claims, volumes)),
  ];
}

function sizeLines(
  pod: Pod,
  nodes: readonly LiveObject[] | undefined,
  nodePools: readonly LiveObject[] | undefined,
): readonly string[] {
  const requests = requestsOf(pod.spec);
  if (Object.keys(requests).length === 0) return [];
  const biggest = nodes === undefined ? undefined : largest(nodes.map(allocatable), Object.keys(requests));
  const limits = (nodePools ?? []).flatMap((pool) => {
    const spec = pool.spec as { readonly limits?: Amounts } | undefined;
    return spec?.limits === undefined ? [] : [`NodePool ${pool.metadata.name} ${amountText(spec.limits)}`];
  });
  return [
    `A pod requests ${amountText(requests)}${biggest === undefined ? '' : `; the largest node has ${amountText(biggest)}`}`,
    ...(limits.length === 0 ? [] : [`Limits: ${limits.join(', ')}`]),
  ];
}

function allocatable({ status }: LiveObject): Amounts {
  return (status as { readonly allocatable?: Amounts } | undefined)?.allocatable ?? {};
}

function selectorLines({ spec }: Pod, nodes: readonly LiveObject[] | undefined): readonly string[] {
  const wanted = Object.entries(spec.nodeSelector ?? {});
  if (wanted.length === 0) return [];
  const text = wanted.map(([key, value]) => `${key}=${value}`).join(',');
  const unmet = wanted.filter(
    ([key, value]) => nodes !== undefined && !nodes.some(({ metadata }) => metadata.labels?.[key] === value),
  );
  const none = unmet.map(([key, value]) => `${key}=${value}`).join(', ');
  return [`Its nodeSelector is ${text}${unmet.length === 0 ? '' : `; no node has ${none}`}`];
}

const zoneLabels = new Set(['topology.kubernetes.io/zone', 'topology.ebs.csi.aws.com/zone']);

/** The claim whose volume lies in a zone that the pod can't go to. */
function zoneLines(
  message: string,
  { spec, metadata }: Pod,
  claims: readonly LiveObject[] | undefined,
  volumes: readonly LiveObject[] | undefined,
): readonly string[] {
  if (!/volume node affinity conflict/.test(message)) return [];
  const names = new Set((spec.volumes ?? []).map((each) => each.persistentVolumeClaim?.claimName));
  const own = (claims ?? []).filter(
    (claim) => claim.metadata.namespace === metadata.namespace && names.has(claim.metadata.name),
  );
  return own.flatMap((claim) => {
    const { volumeName } = (claim.spec ?? {}) as { readonly volumeName?: string };
    const zones = zonesOf((volumes ?? []).find((volume) => volume.metadata.name === volumeName));
    return zones.length === 0
      ? []
      : [`PersistentVolumeClaim ${claim.metadata.name} is bound to a volume in zone ${zones.join(', ')}`];
  });
}

interface NodeAffinity {
  readonly required?: {
    readonly nodeSelectorTerms?: readonly {
      readonly matchExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[];
    }[];
  };
}

function zonesOf(volume: LiveObject | undefined): readonly string[] {
  const { nodeAffinity } = (volume?.spec ?? {}) as { readonly nodeAffinity?: NodeAffinity };
  return (nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap(({ matchExpressions = [] }) =>
    matchExpressions.filter(({ key }) => zoneLabels.has(key)).flatMap(({ values = [] }) => values),
  );
}
