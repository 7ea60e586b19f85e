import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

/** The pod-template annotation that changes when referenced configuration does (KUBERNETES.md C1). */
export const configHashAnnotation = 'tidegate.dev/config-hash';

interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

// Where a pod spec names ConfigMaps and Secrets: the field that holds the reference, and the key of its name.
// imagePullSecrets stand under another key and are left out on purpose: they don't reach the container.
const referenceFields: Readonly<
  Record<string, { readonly kind: ConfigReference['kind']; readonly nameKey: string }>
> = {
  configMapKeyRef: { kind: 'ConfigMap', nameKey: 'name' },
  configMapRef: { kind: 'ConfigMap', nameKey: 'name' },
  configMap: { kind: 'ConfigMap', nameKey: 'name' },
  secretKeyRef: { kind: 'Secret', nameKey: 'name' },
  secretRef: { kind: 'Secret', nameKey: 'name' },
};

/** Every ConfigMap and Secret that a pod spec takes configuration from. */
export function configReferences(podSpec: unknown): readonly ConfigReference[] {
  const found = new Map<string, ConfigReference>();
  collect(podSpec, found);
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}

function collect(value: unknown, found: Map<string, ConfigReference>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  for (const [key, field] of Object.entries(value)) {
    const reference = referenceAt(key, field);
    if (reference !== undefined) found.set(`${reference.kind}/${reference.name}`, reference);
    collect(field, found);
  }
}

function referenceAt(key: string, field: unknown): ConfigReference | undefined {
  if (field === null || typeof field !== 'object') return undefined;
  const fields = field as Record<string, unknown>;
  // A volume's secret is named by `secretName`; a projected source's by `name`.
  if (key === 'secret') {
    const name = fields.secretName ?? fields.name;
    return typeof name === 'string' ? { kind: 'Secret', name } : undefined;
  }
  const rule = referenceFields[key];
  const name = rule === undefined ? undefined : fields[rule.nameKey];
  return rule !== undefined && typeof name === 'string' ? { kind: rule.kind, name } : undefined;
}

/**
 * Digest of the data of the release's own ConfigMaps and Secrets that a pod spec refers to; undefined when it refers
 * to none of them. Labels and annotations of the configuration don't count: they need no restart.
 */
export function configHash(
  podSpec: unknown,
  namespace: string | undefined,
  objects: readonly KubernetesObject[],
): string | undefined {
  const data = configReferences(podSpec).flatMap(({ kind, name }) => {
    const object = objects.find(
      (candidate) =>
        candidate.kind === kind &&
        candidate.apiVersion === 'v1' &&
        candidate.metadata.name === name &&
        candidate.metadata.namespace === namespace,
    );
    return object === undefined ? [] : [[kind, name, object.data ?? {}, object.binaryData ?? {}]];
  });
  if (data.length === 0) return undefined;
  return createHash('sha256').update(canonicalJson(data)).digest('hex');
}
