import type { ApiRefusal } from '#domain/api-refusal.ts';
import { ClusterUnavailableError } from '#domain/errors.ts';
import type { FenceRecord } from '#domain/fence.ts';
import type { ManagedFieldsEntry } from '#domain/field-set.ts';
import { addressOf, kindRuleOf, type ObjectAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { fieldManager } from '#domain/managed-fields.ts';
import { identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Clock } from '#ports/clock.ts';
import type { ApplyOptions, ApplyResult, Cluster, LogRequest } from '#ports/cluster.ts';
import { conflictOwner } from './answer-class.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath, objectPath } from './api-paths.ts';
import type { ApiStatus } from './api-status.ts';
import { createDiscovery, type Discovery } from './discovery.ts';
import { readFence, writeFence } from './fence.ts';
import { readLease, writeLease } from './lease.ts';
import { listLabelled, listObjects } from './listing.ts';
import { permittedClient } from './permitted-client.ts';
import { warningsOf } from './warnings.ts';
import { watchCluster } from './watch.ts';

/** A Kubernetes cluster over its REST API. */
export function createKubernetesCluster(apiClient: ApiClient, clock: Clock): Cluster {
  const { client, permitWrites } = permittedClient(apiClient);
  const discovery = createDiscovery(client);
  const speaker: Speaker = { client, discovery };
  return {
    permitWrites,
    read: (address) => read(speaker, address),
    list: (request) => listObjects(speaker, request),
    listLabelled: (request) => listLabelled(speaker, request),
    apply: (object, mode, options) => apply(speaker, object, mode, options),
    replaceOwnership: (address, managedFields, resourceVersion) =>
      replaceOwnership(speaker, address, managedFields, resourceVersion),
    resourceOf: (apiVersion, kind) => discovery.resourceOf(apiVersion, kind),
    schemaOf: (apiVersion, kind) => discovery.schemaOf(apiVersion, kind),
    version: () => discovery.version(),
    remove: (address, uid, propagation) => remove(speaker, address, uid, propagation),
    watch: (scope) => watchCluster(speaker, clock, scope),
    log: (request) => log(client, request),
    readFence: (address) => readFence(apiClient, address),
    writeFence: (address, record: FenceRecord, version) => writeFence(apiClient, address, record, version),
    readLease: (address) => readLease(apiClient, address),
    writeLease: (address, lease, version) => writeLease(apiClient, address, lease, version),
  };
}

/** What it takes to speak of an object of any kind. */
interface Speaker {
  readonly client: ApiClient;
  readonly discovery: Discovery;
}

function objectIn(body: string): LiveObject {
  return JSON.parse(body) as LiveObject;
}

async function read({ client, discovery }: Speaker, address: ObjectAddress): Promise<LiveObject | undefined> {
  const path = await objectPath(discovery, address);
  if (path === undefined) return undefined;
  const call = { method: 'GET', path, subject: identityText(address) } as const;
  const outcome = await client.call(call, ['not-found', 'not-served', 'namespace-missing']);
  return outcome.kind === 'success' ? objectIn(outcome.answer.body) : undefined;
}

async function apply(
  { client, discovery }: Speaker,
  object: KubernetesObject,
  mode: 'write' | 'dry-run',
  { force = false, manager = fieldManager, resourceVersion }: ApplyOptions = {},
): Promise<ApplyResult> {
  const address = addressOf(object);
  const path = await objectPath(discovery, address);
  if (path === undefined) return { kind: 'kind-missing', apiVersion: object.apiVersion };
  const body =
    resourceVersion === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion } };
  const outcome = await client.call(
    {
      method: 'PATCH',
      path,
      query: {
        fieldManager: manager,
        fieldValidation: 'Strict',
        ...(force ? { force: 'true' } : {}),
        ...(mode === 'dry-run' ? { dryRun: 'All' } : {}),
      },
      body,
      contentType: 'application/apply-patch+yaml',
      subject: identityText(address),
    },
    [
      'field-conflict',
      'namespace-missing',
      'invalid',
      ...(resourceVersion === undefined ? [] : (['changed-meanwhile'] as const)),
      'not-served',
      ...(mode === 'dry-run' ? (['no-dry-run'] as const) : []),
    ],
  );
  if (outcome.kind === 'success') {
    return {
      kind: 'applied',
      object: objectIn(outcome.answer.body),
      warnings: warningsOf(outcome.answer.headers),
    };
  }
  if (outcome.kind === 'namespace-missing') {
    return { kind: 'namespace-missing', namespace: address.namespace ?? outcome.status.subjectName ?? '' };
  }
  if (outcome.kind === 'changed-meanwhile') return { kind: 'changed-meanwhile' };
  if (outcome.kind === 'invalid') return { kind: 'invalid', refusal: refusalOf(outcome.status) };
  if (outcome.kind === 'not-served') return { kind: 'kind-missing', apiVersion: object.apiVersion };
  if (outcome.kind === 'no-dry-run') return { kind: 'dry-run-impossible', reason: outcome.status.message };
  const conflicts = outcome.status.causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field = '', message = '' }) => ({ field, ...conflictOwner(message) }));
  return { kind: 'conflict', conflicts };
}

function refusalOf({ message, causes }: ApiStatus): ApiRefusal {
  return {
    message,
    causes: causes.map((cause) => ({
      field: cause.field ?? '',
      reason: cause.reason ?? '',
      message: cause.message ?? '',
    })),
  };
}

async function replaceOwnership(
  { client, discovery }: Speaker,
  address: ObjectAddress,
  managedFields: readonly ManagedFieldsEntry[],
  resourceVersion: string,
): Promise<boolean> {
  const path = await objectPath(discovery, address);
  if (path === undefined) return false;
  const outcome = await client.call(
    {
      method: 'PATCH',
      path,
      query: { fieldManager },
      body: [
        { op: 'replace', path: '/metadata/managedFields', value: managedFields },
        // The lock: the server refuses another version than the one that stands.
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      ],
      contentType: 'application/json-patch+json',
      subject: identityText(address),
    },
    ['changed-meanwhile', 'not-found', 'namespace-missing'],
  );
  return outcome.kind === 'success';
}

async function remove(
  speaker: Speaker,
  address: ObjectAddress,
  uid: string,
  propagation: string = kindRuleOf(address).propagation,
): Promise<void> {
  const path = await objectPath(speaker.discovery, address);
  // A kind that is no longer served took its objects with it.
  if (path === undefined) return;
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: propagation,
    // Another object of the same name must not go (KUBERNETES.md P2): the server answers 409 for it, among others.
    preconditions: { uid },
  };
  const call = { method: 'DELETE', path, body, subject: identityText(address) } as const;
  const outcome = await speaker.client.call(call, [
    'not-found',
    'not-served',
    'namespace-missing',
    'changed-meanwhile',
  ]);
  if (outcome.kind !== 'changed-meanwhile') return;
  const left = await read(speaker, address);
  if (left?.metadata.uid !== uid || left.metadata.deletionTimestamp !== undefined) return;
  throw new ClusterUnavailableError(`${call.subject}: was not deleted: ${outcome.status.message}`, { uid });
}

/** The last lines of a log; it is an extra to a diagnosis, so that its absence is an answer and no error. */
async function log(
  client: ApiClient,
  { namespace, pod, container, previous, tailLines }: LogRequest,
): Promise<string | undefined> {
  const outcome = await client.call(
    {
      method: 'GET',
      path: `${collectionPath('v1', 'pods', namespace)}/${encodeURIComponent(pod)}/log`,
      query: {
        container,
        tailLines: String(tailLines),
        limitBytes: '16384',
        ...(previous ? { previous: 'true' } : {}),
      },
      subject: `log of container '${container}' of Pod ${namespace}/${pod}`,
    },
    ['not-found', 'namespace-missing', 'refused', 'forbidden', 'unavailable'],
  );
  if (outcome.kind !== 'success') return undefined;
  const { body } = outcome.answer;
  return noLog.some((words) => words.test(body.trim())) ? undefined : body;
}

// What a kubelet answers with 200 where a log should stand: it has removed the container, or its file (seen on 1.36).
const noLog = [
  /^unable to retrieve container logs for \S+$/,
  /^failed to try resolving symlinks in path "[^"\n]*": [^\n]*no such file or directory$/,
];
