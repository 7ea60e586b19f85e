import { applySetId, partOfLabel } from '#domain/applyset.ts';
import { configHash, configHashAnnotation } from '#domain/config-hash.ts';
import { findKindRule } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';

/** Whose an object is: written on it, so that two applications can't fight over one (KUBERNETES.md A12, P9). */
export const applicationAnnotation = 'tidegate.dev/application';
export const environmentAnnotation = 'tidegate.dev/environment';
const managedByLabel = 'app.kubernetes.io/managed-by';

/** Whose an object says that it is. */
export interface ObjectOwner {
  readonly application: string;
  readonly environment: string;
}

/** The target that objects are applied for. */
export interface IntentOwner extends ObjectOwner {
  /** The environment's: where the ApplySet is kept that the objects become part of (P1). */
  readonly namespace: string;
}

// What the API server writes and an apply must not hold (KUBERNETES.md CL6).
const serverWrittenMetadata = new Set([
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]);

type Fields = Readonly<Record<string, unknown>>;

/** What is sent to the cluster for each object of a release: nothing in it changes with the release number (A12). */
export function intentOf(
  objects: readonly KubernetesObject[],
  owner: IntentOwner,
): readonly KubernetesObject[] {
  const prepared = objects.map((object) => prepareData(prepareService(prepareMetadata(object, owner))));
  return prepared.map((object) => withConfigHash(object, prepared));
}

function prepareMetadata(
  object: KubernetesObject,
  { application, environment, namespace }: IntentOwner,
): KubernetesObject {
  const { status: _, ...fields } = object;
  const metadata = Object.fromEntries(
    Object.entries(object.metadata).filter(([key]) => !serverWrittenMetadata.has(key)),
  ) as unknown as KubernetesObject['metadata'];
  return {
    ...fields,
    metadata: {
      ...metadata,
      labels: {
        [managedByLabel]: 'tidegate',
        ...metadata.labels,
        [partOfLabel]: applySetId({ application, namespace }),
      },
      annotations: {
        ...metadata.annotations,
        [applicationAnnotation]: application,
        [environmentAnnotation]: environment,
      },
    },
  } as KubernetesObject;
}

/** `stringData` is write-only: a key removed from it would stay in the cluster for ever (A7). */
function prepareData(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret' || object.stringData === undefined) return object;
  const { stringData, ...fields } = object;
  const encoded = Object.entries((stringData ?? {}) as Record<string, string>).map(([key, text]) => [
    key,
    Buffer.from(String(text), 'utf8').toString('base64'),
  ]);
  return {
    ...fields,
    data: { ...(object.data as Fields | undefined), ...Object.fromEntries(encoded) },
  } as KubernetesObject;
}

/** A port's protocol is part of its list key; older servers refuse a port without it (A9). */
function prepareService(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Service') return object;
  const spec = object.spec as { readonly ports?: readonly Fields[] } | undefined;
  if (!Array.isArray(spec?.ports)) return object;
  return { ...object, spec: { ...spec, ports: spec.ports.map((port) => ({ protocol: 'TCP', ...port })) } };
}

function withConfigHash(object: KubernetesObject, objects: readonly KubernetesObject[]): KubernetesObject {
  if (findKindRule(identityOf(object))?.hasPodTemplate !== true) return object;
  const spec = object.spec as
    | { readonly template?: { readonly metadata?: Fields; readonly spec?: unknown } }
    | undefined;
  const template = spec?.template;
  if (template === undefined) return object;
  const hash = configHash(template.spec, object.metadata.namespace, objects);
  if (hash === undefined) return object;
  const annotations = {
    ...(template.metadata?.annotations as Fields | undefined),
    [configHashAnnotation]: hash,
  };
  return {
    ...object,
    spec: { ...spec, template: { ...template, metadata: { ...template.metadata, annotations } } },
  };
}
