import { identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';

/** What decides how many replicas a workload has. */
export interface Scaler {
  readonly identity: ObjectIdentity;
  readonly target: ObjectIdentity;
  /** It never goes below; in replicas. */
  readonly minReplicas: number;
}

interface ScalerKind {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  /** What its target is when it does not say. */
  readonly targetKind: string;
  minReplicas(spec: Fields): unknown;
  readonly leastReplicas: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The kinds that scale others (KUBERNETES.md A5). A VerticalPodAutoscaler is none of them: it sizes pods and leaves
 * their number alone.
 */
export const scalerKinds: readonly ScalerKind[] = [
  {
    apiVersion: 'autoscaling/v2',
    group: 'autoscaling',
    kind: 'HorizontalPodAutoscaler',
    targetKind: '',
    minReplicas: ({ minReplicas }) => minReplicas,
    leastReplicas: 1,
  },
  {
    apiVersion: 'keda.sh/v1alpha1',
    group: 'keda.sh',
    kind: 'ScaledObject',
    targetKind: 'Deployment',
    minReplicas: ({ minReplicaCount }) => minReplicaCount,
    leastReplicas: 0,
  },
];

/** The scalers among these objects, the smallest identity first. */
export function scalersIn(objects: readonly KubernetesObject[]): readonly Scaler[] {
  return objects
    .flatMap((object) => scalerOf(object) ?? [])
    .toSorted((a, b) => (identityText(a.identity) < identityText(b.identity) ? -1 : 1));
}

function scalerOf({ apiVersion, kind, metadata, spec }: KubernetesObject): Scaler | undefined {
  const rule = scalerKinds.find((known) => known.kind === kind && apiVersion.startsWith(`${known.group}/`));
  const target = (spec as Fields | undefined)?.scaleTargetRef as Fields | undefined;
  if (rule === undefined || typeof target?.name !== 'string') return undefined;
  const least = rule.minReplicas(spec as Fields);
  const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  return {
    identity: { group: rule.group, kind, ...place, name: metadata.name },
    target: { ...targetKind(target, rule), ...place, name: target.name },
    minReplicas: typeof least === 'number' ? least : rule.leastReplicas,
  };
}

function targetKind(target: Fields, rule: ScalerKind): Pick<ObjectIdentity, 'group' | 'kind'> {
  const apiVersion = typeof target.apiVersion === 'string' ? target.apiVersion : 'apps/v1';
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    kind: typeof target.kind === 'string' ? target.kind : rule.targetKind,
  };
}

/** What scales the object, if anything does. */
export function scalerFor(identity: ObjectIdentity, scalers: readonly Scaler[]): Scaler | undefined {
  const text = identityText(identity);
  return scalers.find(({ target }) => identityText(target) === text);
}

const scalableKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet']);

/** True for the kinds whose replicas fall to one when nobody declares them (A4). */
export function isScalable({ group, kind }: ObjectIdentity): boolean {
  return group === 'apps' && scalableKinds.has(kind);
}
