import { applySetId, partOfLabel } from '#domain/applyset.ts';
import { configHash, configHashAnnotation } from '#domain/config-hash.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import { changedAt, fieldAt, podSpecPath, podTemplatePath } from '#domain/pod-template.ts';
import { withoutUndeclared } from '#domain/undeclared.ts';

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
  const prepared = objects.map((object) =>
    withoutUndeclared(prepareData(preparePorts(prepareMetadata(object, owner)))),
  );
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
function preparePorts(object: KubernetesObject): KubernetesObject {
  if (object.kind === 'Service') return changedAt(object, ['spec', 'ports'], withProtocol);
  const path = podSpecPath(identityOf(object));
  if (path === undefined) return object;
  return containerLists.reduce(
    (prepared, list) =>
      changedAt(prepared, [...path, list], (containers) =>
        Array.isArray(containers)
          ? containers.map((container) => changedAt(container, ['ports'], withProtocol))
          : containers,
      ),
    object,
  );
}

const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

function withProtocol(ports: unknown): unknown {
  if (!Array.isArray(ports)) return ports;
  return ports.map((port) =>
    port === null || typeof port !== 'object' ? port : { protocol: 'TCP', ...port },
  );
}

function withConfigHash(object: KubernetesObject, objects: readonly KubernetesObject[]): KubernetesObject {
  const path = podTemplatePath(identityOf(object));
  if (path === undefined || fieldAt(object, path) === undefined) return object;
  const hash = configHash(fieldAt(object, [...path, 'spec']), object.metadata.namespace, objects);
  if (hash === undefined) return object;
  return changedAt(object, path, (value) => {
    const template = value as { readonly metadata?: Fields };
    const annotations = {
      ...(template.metadata?.annotations as Fields | undefined),
      [configHashAnnotation]: hash,
    };
    return { ...template, metadata: { ...template.metadata, annotations } };
  });
}
