import type { KubernetesObject } from '#domain/manifest.ts';

type NamesSecret = (object: KubernetesObject) => string | undefined;

const at = (object: unknown, ...path: readonly string[]): string | undefined => {
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
    object,
  );
  return typeof value === 'string' ? value : undefined;
};

// What makes Secrets in a cluster, and how it names them (KUBERNETES.md E4).
const makers: Readonly<Record<string, NamesSecret>> = {
  ExternalSecret: (object) => at(object, 'spec', 'target', 'name') ?? object.metadata.name,
  SealedSecret: (object) => at(object, 'spec', 'template', 'metadata', 'name') ?? object.metadata.name,
  Certificate: (object) => at(object, 'spec', 'secretName'),
  VaultStaticSecret: (object) => at(object, 'spec', 'destination', 'name'),
  VaultDynamicSecret: (object) => at(object, 'spec', 'destination', 'name'),
  OnePasswordItem: (object) => object.metadata.name,
  KafkaUser: (object) => object.metadata.name,
};
const connectionSecret: NamesSecret = (object) =>
  at(object, 'spec', 'writeConnectionSecretToRef', 'name') ??
  at(object, 'spec', 'connectionSecretRef', 'name');

/**
 * The object of the release that is, or that makes, what is named; so that waiting for it is worth while. Kinds are
 * compared without case, as the kubelet's messages write them small.
 */
export function bringerOf(
  kind: string,
  namespace: string | undefined,
  name: string,
  objects: readonly KubernetesObject[],
): KubernetesObject | undefined {
  const wanted = kind.toLowerCase();
  return objects.find((object) => {
    const here = object.metadata.namespace === undefined || object.metadata.namespace === namespace;
    if (object.kind.toLowerCase() === wanted) return here && object.metadata.name === name;
    if (wanted !== 'secret' || !here) return false;
    return (makers[object.kind] ?? connectionSecret)(object) === name;
  });
}
