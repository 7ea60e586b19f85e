import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

/** The pod-template annotation that changes when referenced configuration does (KUBERNETES.md C1). */
export const configHashAnnotation = 'tidegate.dev/config-hash';

/** A ConfigMap or Secret that a pod spec names. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** Where a pod spec names one: the key of the field that holds the reference, and the keys of its name. */
interface ReferenceRule {
  readonly kind: ConfigReference['kind'];
  readonly nameKeys: readonly string[];
  /** False for what doesn't reach the container: it is no reason for a restart (C1). */
  readonly isConfiguration: boolean;
}

const configMap: ReferenceRule = { kind: 'ConfigMap', nameKeys: ['name'], isConfiguration: true };
const secret: ReferenceRule = { kind: 'Secret', nameKeys: ['name'], isConfiguration: true };
const references: Readonly<Record<string, ReferenceRule>> = {
  configMapKeyRef: configMap,
  configMapRef: configMap,
  configMap,
  secretKeyRef: secret,
  secretRef: secret,
  nodePublishSecretRef: secret,
  // A volume's secret is named by `secretName`; a projected source's by `name`.
  secret: { ...secret, nameKeys: ['secretName', 'name'] },
  azureFile: { ...secret, nameKeys: ['secretName'] },
  imagePullSecrets: { ...secret, isConfiguration: false },
};

/** Every ConfigMap and Secret that a pod spec takes configuration from, by kind and name. */
export function configReferences(podSpec: unknown): readonly ConfigReference[] {
  const found = new Map<string, ConfigReference>();
  walkReferences(podSpec, (rule, name) => {
    if (rule.isConfiguration) found.set(`${rule.kind}/${name}`, { kind: rule.kind, name });
    return name;
  });
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}

/** A pod spec whose references, those to pull images with included, go to the names that `rename` answers. */
export function renamedReferences(podSpec: unknown, rename: (reference: ConfigReference) => string): unknown {
  return walkReferences(podSpec, ({ kind }, name) => rename({ kind, name }));
}

type Visit = (rule: ReferenceRule, name: string) => string;

/** Shows each reference to `visit`, and answers the value with the names that it answers. */
function walkReferences(value: unknown, visit: Visit): unknown {
  if (Array.isArray(value)) return value.map((item) => walkReferences(item, visit));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const below = walkReferences(field, visit);
      const rule = Object.hasOwn(references, key) ? references[key] : undefined;
      if (rule === undefined) return [key, below];
      return [
        key,
        Array.isArray(below) ? below.map((item) => named(item, rule, visit)) : named(below, rule, visit),
      ];
    }),
  );
}

function named(field: unknown, rule: ReferenceRule, visit: Visit): unknown {
  if (field === null || typeof field !== 'object') return field;
  const fields = field as Readonly<Record<string, unknown>>;
  const key = rule.nameKeys.find((candidate) => typeof fields[candidate] === 'string');
  return key === undefined ? field : { ...fields, [key]: visit(rule, fields[key] as string) };
}

const roleAnnotation = 'eks.amazonaws.com/role-arn';

/**
 * Digest of the data of the release's own ConfigMaps and Secrets that a pod spec refers to, and of the role of its
 * ServiceAccount, which acts when a pod is made (K8); undefined when it refers to none of them. Labels and annotations of
 * the configuration don't count: they need no restart.
 */
export function configHash(
  podSpec: unknown,
  namespace: string | undefined,
  objects: readonly KubernetesObject[],
): string | undefined {
  const find = (kind: string, name: unknown): KubernetesObject | undefined =>
    objects.find(
      (candidate) =>
        candidate.kind === kind &&
        candidate.apiVersion === 'v1' &&
        candidate.metadata.name === name &&
        candidate.metadata.namespace === namespace,
    );
  const data = configReferences(podSpec).flatMap(({ kind, name }) => {
    const object = find(kind, name);
    return object === undefined ? [] : [[kind, name, object.data ?? {}, object.binaryData ?? {}]];
  });
  const { serviceAccountName } = (podSpec ?? {}) as { readonly serviceAccountName?: unknown };
  const role = find('ServiceAccount', serviceAccountName)?.metadata.annotations?.[roleAnnotation];
  const all = role === undefined ? data : [...data, ['ServiceAccount', serviceAccountName, role]];
  if (all.length === 0) return undefined;
  return createHash('sha256').update(canonicalJson(all)).digest('hex');
}
