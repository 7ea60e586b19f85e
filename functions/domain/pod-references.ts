import { findKindRule } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { valueAt } from '#domain/yaml-schema.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An object that a pod needs, in the pod's namespace or in none. */
export interface PodReference extends Pick<ObjectIdentity, 'group' | 'kind' | 'name'> {
  /** The keys of a ConfigMap or Secret that it names, sorted; absent where it takes what there is. */
  readonly keys?: readonly string[];
  /** Named to pull images only: a pod is started without it where its images may be pulled by anybody. */
  readonly isPullSecret?: true;
}

/** The pod specification of an object that has one. */
export function podSpecOf(object: KubernetesObject): Fields | undefined {
  const template = findKindRule(identityOf(object))?.podTemplate;
  const spec = template === undefined ? undefined : valueAt(object, [...template, 'spec']);
  return typeof spec === 'object' && spec !== null ? (spec as Fields) : undefined;
}

/** The labels of the pods that an object makes. */
export function podLabelsOf(object: KubernetesObject): Readonly<Record<string, string>> | undefined {
  const template = findKindRule(identityOf(object))?.podTemplate;
  const labels = template === undefined ? undefined : valueAt(object, [...template, 'metadata', 'labels']);
  return typeof labels === 'object' && labels !== null ? (labels as Record<string, string>) : undefined;
}

const configMap = { group: '', kind: 'ConfigMap' } as const;
const secret = { group: '', kind: 'Secret' } as const;
const claim = { group: 'resource.k8s.io', kind: 'ResourceClaim' } as const;

// Fields, anywhere in a pod specification, that name another object, with the keys that the name may stand under.
const mapFields: Readonly<Record<string, readonly [Omit<PodReference, 'name'>, ...names: string[]]>> = {
  configMapKeyRef: [configMap, 'name'],
  configMapRef: [configMap, 'name'],
  configMap: [configMap, 'name'],
  secretKeyRef: [secret, 'name'],
  secretRef: [secret, 'name'],
  nodePublishSecretRef: [secret, 'name'],
  // A volume's secret is named by `secretName`, a projected source's by `name`.
  secret: [secret, 'secretName', 'name'],
  azureFile: [secret, 'secretName'],
  persistentVolumeClaim: [{ group: '', kind: 'PersistentVolumeClaim' }, 'claimName'],
};

const textFields: Readonly<Record<string, Omit<PodReference, 'name'>>> = {
  serviceAccountName: { group: '', kind: 'ServiceAccount' },
  priorityClassName: { group: 'scheduling.k8s.io', kind: 'PriorityClass' },
  runtimeClassName: { group: 'node.k8s.io', kind: 'RuntimeClass' },
  resourceClaimName: claim,
  resourceClaimTemplateName: { ...claim, kind: 'ResourceClaimTemplate' },
};

/** What a pod cannot start without, by its specification (KUBERNETES.md O1); what is `optional` is left out. */
export function podReferences(podSpec: unknown): readonly PodReference[] {
  const found = new Map<string, PodReference>();
  const add = (reference: PodReference) => {
    const key = `${reference.group}/${reference.kind}/${reference.name}`;
    found.set(key, merged(found.get(key), reference));
  };
  collect(podSpec, add);
  const pulls = (podSpec as Fields | undefined)?.imagePullSecrets;
  for (const item of Array.isArray(pulls) ? pulls : []) {
    const name = (item as Fields | null)?.name;
    if (typeof name === 'string') add({ ...secret, name, isPullSecret: true });
  }
  return [...found.values()];
}

function merged(known: PodReference | undefined, more: PodReference): PodReference {
  if (known === undefined) return more;
  const keys = [...new Set([...(known.keys ?? []), ...(more.keys ?? [])])].sort();
  return { ...known, ...(keys.length === 0 ? {} : { keys }) };
}

function collect(value: unknown, add: (reference: PodReference) => void): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, add);
    return;
  }
  for (const [key, field] of Object.entries(value)) {
    const text = textFields[key];
    if (text !== undefined && typeof field === 'string' && field !== '') add({ ...text, name: field });
    const reference = referenceAt(key, field);
    if (reference !== undefined) add(reference);
    collect(field, add);
  }
}

function referenceAt(key: string, field: unknown): PodReference | undefined {
  const rule = mapFields[key];
  if (rule === undefined || field === null || typeof field !== 'object') return undefined;
  const fields = field as Fields;
  if (fields.optional === true) return undefined;
  const [kind, ...names] = rule;
  const name = names.map((each) => fields[each]).find((text) => typeof text === 'string' && text !== '');
  if (name === undefined) return undefined;
  const keys = keysIn(fields);
  return { ...kind, name: name as string, ...(keys.length === 0 ? {} : { keys }) };
}

/** A reference to one key has it beside the name; a volume has a list of those that become files. */
function keysIn({ key, items }: Fields): readonly string[] {
  const listed = Array.isArray(items) ? items.map((item) => (item as Fields | null)?.key) : [];
  return [...new Set([key, ...listed])].filter((each) => typeof each === 'string').sort();
}
