import { ManifestRefusedError } from '#domain/errors.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath } from './api-paths.ts';

/** Not the manager of members: what belongs to the set and what keeps the set are told apart (KUBERNETES.md P1). */
const fieldManager = 'tidegate-applyset';
// Other writes wait for the fence to be looked at: it must not wait for them.
const isUrgent = true;

export interface OwnedPlace {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Reads an object of Tidegate's own; undefined when it, or its namespace, does not exist. */
export async function readOwned(client: ApiClient, place: OwnedPlace): Promise<LiveObject | undefined> {
  const call = { method: 'GET', path: objectPathOf(place), subject: subjectOf(place), isUrgent } as const;
  const outcome = await client.call(call, ['not-found', 'namespace-missing']);
  return outcome.kind === 'success' ? (JSON.parse(outcome.answer.body) as LiveObject) : undefined;
}

/**
 * Writes it if nobody wrote it since `version`; undefined creates it. The resource version is the write's precondition,
 * so that it may force what is Tidegate's alone. False when somebody was faster. Throws ManifestRefusedError when its
 * namespace does not exist.
 */
export async function writeOwned(
  client: ApiClient,
  place: OwnedPlace,
  fields: Omit<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'> & {
    readonly metadata: Readonly<Record<string, unknown>>;
  },
  version: string | undefined,
): Promise<boolean> {
  const { apiVersion, kind, namespace, name } = place;
  const metadata = { ...fields.metadata, name, namespace };
  const subject = subjectOf(place);
  const outcome =
    version === undefined
      ? await client.call(
          {
            method: 'POST',
            path: collectionPath(apiVersion, place.resource, namespace),
            body: { ...fields, apiVersion, kind, metadata },
            query: { fieldManager },
            subject,
            isUrgent,
          },
          ['exists', 'namespace-missing'],
        )
      : await client.call(
          {
            method: 'PATCH',
            path: objectPathOf(place),
            contentType: 'application/apply-patch+yaml',
            body: { ...fields, apiVersion, kind, metadata: { ...metadata, resourceVersion: version } },
            query: { fieldManager, force: 'true' },
            subject,
            isUrgent,
          },
          ['changed-meanwhile', 'not-found'],
        );
  if (outcome.kind !== 'namespace-missing') return outcome.kind === 'success';
  throw new ManifestRefusedError(
    `namespace '${namespace}': does not exist; create it, or bring it in the bundle and list Namespace in the environment's clusterScopedKinds`,
    { namespace },
  );
}

function objectPathOf({ apiVersion, resource, namespace, name }: OwnedPlace): string {
  return `${collectionPath(apiVersion, resource, namespace)}/${encodeURIComponent(name)}`;
}

function subjectOf({ kind, namespace, name }: OwnedPlace): string {
  return `${kind} ${namespace}/${name}`;
}
