import type { KubernetesObject } from '#domain/manifest.ts';

// What the cluster or a controller fills in, and manifests often hold as an empty place for it. Declared empty, it would
// be taken from who filled it at every apply; so that counts as not declared (KUBERNETES.md A13).

interface Place {
  readonly kind: string;
  /** `*` stands for each item of a list. */
  readonly path: readonly string[];
  readonly isEmpty: (value: unknown) => boolean;
}

const nothing = (value: unknown): boolean =>
  value === null || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
/** `Cg==`, a line break, is what charts write for "somebody injects this". */
const noBundle = (value: unknown): boolean =>
  nothing(value) ||
  (typeof value === 'string' && Buffer.from(value, 'base64').toString('utf8').trim() === '');

const places: readonly Place[] = [
  ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map((kind) => ({
    kind,
    path: ['webhooks', '*', 'clientConfig', 'caBundle'],
    isEmpty: noBundle,
  })),
  { kind: 'APIService', path: ['spec', 'caBundle'], isEmpty: noBundle },
  {
    kind: 'CustomResourceDefinition',
    path: ['spec', 'conversion', 'webhook', 'clientConfig', 'caBundle'],
    isEmpty: noBundle,
  },
  { kind: 'ServiceAccount', path: ['secrets'], isEmpty: nothing },
  { kind: 'Service', path: ['spec', 'clusterIP'], isEmpty: nothing },
  { kind: 'Service', path: ['spec', 'clusterIPs'], isEmpty: nothing },
  { kind: 'Service', path: ['spec', 'healthCheckNodePort'], isEmpty: nothing },
  { kind: 'Service', path: ['spec', 'ports', '*', 'nodePort'], isEmpty: nothing },
  { kind: 'PersistentVolumeClaim', path: ['spec', 'volumeName'], isEmpty: nothing },
  // An empty class is a choice (no provisioning); only a null one says nothing.
  { kind: 'PersistentVolumeClaim', path: ['spec', 'storageClassName'], isEmpty: (value) => value === null },
];

/** Kept out of every apply: a copy of the manifest, which client-side tools compare with (A11). */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without what it holds only as an empty place. */
export function withoutUndeclared(object: KubernetesObject): KubernetesObject {
  const filled = places
    .filter(({ kind }) => kind === object.kind)
    .reduce((left, place) => dropAt(left, place.path, place.isEmpty) as KubernetesObject, object);
  return withoutLastApplied(withoutAggregated(filled));
}

function dropAt(value: unknown, [key = '', ...rest]: readonly string[], isEmpty: Place['isEmpty']): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (key === '*') return Array.isArray(value) ? value.map((item) => dropAt(item, rest, isEmpty)) : value;
  const fields = value as Fields;
  if (!(key in fields)) return value;
  if (rest.length > 0) return { ...fields, [key]: dropAt(fields[key], rest, isEmpty) };
  if (!isEmpty(fields[key])) return value;
  const { [key]: _, ...others } = fields;
  return others;
}

type Fields = Readonly<Record<string, unknown>>;

/** The rules of an aggregated ClusterRole are the controller's, whatever the manifest says. */
function withoutAggregated(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'ClusterRole' || object.aggregationRule === undefined) return object;
  const { rules: _, ...others } = object;
  return others as KubernetesObject;
}

function withoutLastApplied(object: KubernetesObject): KubernetesObject {
  const { annotations } = object.metadata;
  if (annotations?.[lastApplied] === undefined) return object;
  const { [lastApplied]: _, ...others } = annotations;
  return { ...object, metadata: { ...object.metadata, annotations: others } };
}
