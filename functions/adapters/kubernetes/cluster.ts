import { ClusterUnavailableError } from '#domain/errors.ts';
import type { FenceRecord } from '#domain/fence.ts';
import { addressOf, kindRuleOf, type ObjectAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Clock } from '#ports/clock.ts';
import type { ApplyResult, Cluster, LogRequest } from '#ports/cluster.ts';
import { conflictOwner } from './answer-class.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath, objectPath } from './api-paths.ts';
import { readFence, writeFence } from './fence.ts';
import { warningsOf } from './warnings.ts';
import { watchCluster } from './watch.ts';

/** One manager for every release of every application, for ever (KUBERNETES.md A1). */
const fieldManager = 'tidegate';

/** A Kubernetes cluster over its REST API. */
export function createKubernetesCluster(client: ApiClient, clock: Clock): Cluster {
  return {
    read: (address) => read(client, address),
    apply: (object, mode) => apply(client, object, mode),
    async remove(address, uid) {
      await remove(client, address, uid);
    },
    watch: (scope) => watchCluster(client, clock, scope),
    log: (request) => log(client, request),
    readFence: (address) => readFence(client, address),
    writeFence: (address, record: FenceRecord, version) => writeFence(client, address, record, version),
  };
}

function objectIn(body: string): LiveObject {
  return JSON.parse(body) as LiveObject;
}

async function read(client: ApiClient, address: ObjectAddress): Promise<LiveObject | undefined> {
  const call = { method: 'GET', path: objectPath(address), subject: identityText(address) } as const;
  const outcome = await client.call(call, ['not-found', 'namespace-missing']);
  return outcome.kind === 'success' ? objectIn(outcome.answer.body) : undefined;
}

async function apply(
  client: ApiClient,
  object: KubernetesObject,
  mode: 'write' | 'dry-run',
): Promise<ApplyResult> {
  const address = addressOf(object);
  const outcome = await client.call(
    {
      method: 'PATCH',
      path: objectPath(address),
      query: { fieldManager, fieldValidation: 'Strict', ...(mode === 'dry-run' ? { dryRun: 'All' } : {}) },
      body: object,
      contentType: 'application/apply-patch+yaml',
      subject: identityText(address),
    },
    ['field-conflict', 'namespace-missing'],
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
  const conflicts = outcome.status.causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field = '', message = '' }) => ({ field, ...conflictOwner(message) }));
  return { kind: 'conflict', conflicts };
}

async function remove(client: ApiClient, address: ObjectAddress, uid: string): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: kindRuleOf(address).propagation,
    // Another object of the same name must not go (KUBERNETES.md P2): the server answers 409 for it, among others.
    preconditions: { uid },
  };
  const call = { method: 'DELETE', path: objectPath(address), body, subject: identityText(address) } as const;
  const outcome = await client.call(call, ['not-found', 'namespace-missing', 'changed-meanwhile']);
  if (outcome.kind !== 'changed-meanwhile') return;
  const left = await read(client, address);
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
