import { ManifestRefusedError } from '#domain/errors.ts';
import type { FenceRecord } from '#domain/fence.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { FenceAddress } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath } from './api-paths.ts';

const fenceAnnotation = 'tidegate.dev/fence';
const holderAnnotation = 'tidegate.dev/holder';

/** Reads the fence from the application's ConfigMap (DESIGN §4). */
export async function readFence(client: ApiClient, address: FenceAddress): Promise<FenceRecord | undefined> {
  const configMap = await readConfigMap(client, address);
  const annotations = configMap?.metadata.annotations ?? {};
  const fence = Number(annotations[fenceAnnotation]);
  if (configMap === undefined || !Number.isSafeInteger(fence)) return undefined;
  return {
    fence,
    holder: annotations[holderAnnotation] ?? '',
    version: configMap.metadata.resourceVersion ?? '',
  };
}

/** Writes the fence if nobody wrote it since `version`: the resource version is the write's precondition. */
export async function writeFence(
  client: ApiClient,
  address: FenceAddress,
  record: FenceRecord,
  version: string | undefined,
): Promise<boolean> {
  const existing = version === undefined ? await readConfigMap(client, address) : undefined;
  // A ConfigMap without a fence in it (somebody took the annotation away) is updated like one with.
  const precondition = version ?? existing?.metadata.resourceVersion;
  const body = fenceConfigMap(address, record, precondition);
  const subject = `fence of application '${address.application}' in namespace '${address.namespace}'`;
  const outcome =
    precondition === undefined
      ? await client.call(
          {
            method: 'POST',
            path: collection(address),
            body,
            query: { fieldManager: 'tidegate-fence' },
            subject,
          },
          ['exists', 'namespace-missing'],
        )
      : await client.call(
          {
            method: 'PUT',
            path: `${collection(address)}/${fenceName(address)}`,
            body,
            query: { fieldManager: 'tidegate-fence' },
            subject,
          },
          ['changed-meanwhile', 'not-found'],
        );
  if (outcome.kind === 'namespace-missing') {
    throw new ManifestRefusedError(
      `namespace '${address.namespace}': does not exist; create it, or bring it in the bundle and list Namespace in the environment's clusterScopedKinds`,
      { namespace: address.namespace },
    );
  }
  return outcome.kind === 'success';
}

async function readConfigMap(client: ApiClient, address: FenceAddress): Promise<LiveObject | undefined> {
  const path = `${collection(address)}/${fenceName(address)}`;
  const subject = `ConfigMap ${address.namespace}/${fenceName(address)}`;
  const outcome = await client.call({ method: 'GET', path, subject }, ['not-found', 'namespace-missing']);
  return outcome.kind === 'success' ? (JSON.parse(outcome.answer.body) as LiveObject) : undefined;
}

function collection({ namespace }: FenceAddress): string {
  return collectionPath('v1', 'configmaps', namespace);
}

function fenceName({ application }: FenceAddress): string {
  return `tidegate-${application}`;
}

function fenceConfigMap(
  address: FenceAddress,
  { fence, holder }: FenceRecord,
  resourceVersion: string | undefined,
): unknown {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: fenceName(address),
      namespace: address.namespace,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      labels: { 'app.kubernetes.io/managed-by': 'tidegate' },
      annotations: {
        [fenceAnnotation]: String(fence),
        [holderAnnotation]: holder,
        'tidegate.dev/application': address.application,
      },
    },
  };
}
