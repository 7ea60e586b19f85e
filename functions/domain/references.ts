import { groupOf } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { podSpecOf } from '#domain/pod-references.ts';
import { valueAt } from '#domain/yaml-schema.ts';

// What objects other than pods name: read from raw JSON, so that anything may be missing or of another shape.

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function items(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

function identity(
  group: unknown,
  kind: unknown,
  namespace: unknown,
  name: unknown,
): ObjectIdentity | undefined {
  if (typeof name !== 'string' || name === '') return undefined;
  return {
    group: typeof group === 'string' ? group : '',
    kind: typeof kind === 'string' ? kind : '',
    ...(typeof namespace === 'string' ? { namespace } : {}),
    name,
  };
}

const scalers: Readonly<Record<string, readonly string[]>> = {
  'autoscaling/HorizontalPodAutoscaler': ['spec', 'scaleTargetRef'],
  'keda.sh/ScaledObject': ['spec', 'scaleTargetRef'],
  'autoscaling.k8s.io/VerticalPodAutoscaler': ['spec', 'targetRef'],
};

/** What a scaler scales; undefined for all other objects. */
export function scaleTarget(object: KubernetesObject): ObjectIdentity | undefined {
  const path = scalers[`${groupOf(object.apiVersion)}/${object.kind}`];
  if (path === undefined) return undefined;
  // KEDA leaves out what is a Deployment's.
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = fields(valueAt(object, path));
  return identity(groupOf(String(apiVersion)), kind, object.metadata.namespace, name);
}

/** Services, Gateways and Secrets that an Ingress or a route of the Gateway API leads to. */
export function routeReferences(object: KubernetesObject): readonly ObjectIdentity[] {
  const { group, kind, namespace } = identityOf(object);
  if (group === 'networking.k8s.io' && kind === 'Ingress') return ingressReferences(object, namespace);
  if (group !== 'gateway.networking.k8s.io') return [];
  const spec = fields(object.spec);
  const gateways = items(spec.parentRefs).map((parent) =>
    identity(group, parent.kind ?? 'Gateway', parent.namespace ?? namespace, parent.name),
  );
  const backends = items(spec.rules).flatMap((rule) =>
    items(rule.backendRefs).map((backend) =>
      identity(backend.group, backend.kind ?? 'Service', backend.namespace ?? namespace, backend.name),
    ),
  );
  return [...gateways, ...backends].filter((reference) => reference !== undefined);
}

function ingressReferences(
  object: KubernetesObject,
  namespace: string | undefined,
): readonly ObjectIdentity[] {
  const spec = fields(object.spec);
  const paths = items(spec.rules).flatMap((rule) => items(fields(rule.http).paths));
  const backends = [spec.defaultBackend, ...paths.map(({ backend }) => backend)].map((backend) =>
    identity('', 'Service', namespace, fields(fields(backend).service).name),
  );
  const secrets = items(spec.tls).map(({ secretName }) => identity('', 'Secret', namespace, secretName));
  return [...backends, ...secrets].filter((reference) => reference !== undefined);
}

/** The Services that the API server calls for the sake of an object: webhooks and aggregated APIs. */
export function servicesCalledBy(object: KubernetesObject): readonly ObjectIdentity[] {
  const group = groupOf(object.apiVersion);
  const called =
    group === 'admissionregistration.k8s.io'
      ? items(object.webhooks).map(({ clientConfig }) => fields(clientConfig).service)
      : group === 'apiregistration.k8s.io'
        ? [fields(object.spec).service]
        : [];
  return called.flatMap((service) => serviceOf(service) ?? []);
}

function serviceOf(service: unknown): ObjectIdentity | undefined {
  const { name, namespace } = fields(service);
  return identity('', 'Service', namespace, name);
}

/** The Service whose webhook converts objects of this version before they are stored; undefined where none does. */
export function versionsConverted(
  definition: KubernetesObject,
  apiVersion: string,
): ObjectIdentity | undefined {
  const { conversion, versions } = fields(definition.spec);
  const stored = items(versions).find(({ storage }) => storage === true)?.name;
  if (apiVersion.endsWith(`/${String(stored)}`)) return undefined;
  return serviceOf(valueAt(conversion, ['webhook', 'clientConfig', 'service']));
}

const storageClass = 'storage.k8s.io/StorageClass';

/** The classes that an object asks for by name: of storage for claims and templates of claims, of an Ingress. */
export function classReferences(object: KubernetesObject): readonly ObjectIdentity[] {
  const { group, kind } = identityOf(object);
  if (group === 'networking.k8s.io' && kind === 'Ingress') {
    return named('networking.k8s.io/IngressClass', fields(object.spec).ingressClassName);
  }
  if (group === '' && kind === 'PersistentVolumeClaim') return claimedClass(object.spec);
  const templates = items(fields(object.spec).volumeClaimTemplates).map(({ spec }) => spec);
  const ephemeral = items(podSpecOf(object)?.volumes).map((volume) =>
    valueAt(volume, ['ephemeral', 'volumeClaimTemplate', 'spec']),
  );
  return [...templates, ...ephemeral].flatMap(claimedClass);
}

/** A claim for a certain volume, or for none that is made on demand, needs no class. */
function claimedClass(spec: unknown): readonly ObjectIdentity[] {
  const { storageClassName, volumeName } = fields(spec);
  return typeof volumeName === 'string' && volumeName !== '' ? [] : named(storageClass, storageClassName);
}

function named(groupKind: string, name: unknown): readonly ObjectIdentity[] {
  const [group, kind] = groupKind.split('/');
  const found = identity(group, kind, undefined, name);
  return found === undefined ? [] : [found];
}
