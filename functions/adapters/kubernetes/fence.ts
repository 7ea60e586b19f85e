import { applySetName, membersIn, noMembers, parentMetadata } from '#domain/applyset.ts';
import type { FenceRecord } from '#domain/fence.ts';
import type { FenceAddress } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { type OwnedPlace, readOwned, writeOwned } from './owned-object.ts';

const fenceAnnotation = 'tidegate.dev/fence';
const holderAnnotation = 'tidegate.dev/holder';
const modeAnnotation = 'tidegate.dev/mode';

/**
 * Reads the fence from the application's ApplySet parent (DESIGN §4, KUBERNETES.md P1); a parent that lost its number
 * counts as none. Throws ConfigurationError when it is not what its name says, or another tool's.
 */
export async function readFence(client: ApiClient, address: FenceAddress): Promise<FenceRecord | undefined> {
  const parent = await readOwned(client, placeOf(address));
  if (parent === undefined) return undefined;
  const { metadata } = parent;
  const members = membersIn(address, metadata);
  const annotations = metadata.annotations ?? {};
  const fence = Number(annotations[fenceAnnotation]);
  if (!Number.isSafeInteger(fence)) return undefined;
  return {
    fence,
    holder: annotations[holderAnnotation] ?? '',
    mode: annotations[modeAnnotation] === 'rollback' ? 'rollback' : 'forward',
    members,
    version: metadata.resourceVersion ?? '',
  };
}

/** Writes fence and members if nobody wrote them since `version`: the resource version is the write's precondition. */
export async function writeFence(
  client: ApiClient,
  address: FenceAddress,
  { fence, holder, mode = 'forward', members = noMembers }: FenceRecord,
  version: string | undefined,
): Promise<boolean> {
  const place = placeOf(address);
  const { labels, annotations } = parentMetadata(address, members);
  const metadata = {
    labels: { ...labels, 'app.kubernetes.io/managed-by': 'tidegate' },
    annotations: {
      ...annotations,
      [fenceAnnotation]: String(fence),
      [holderAnnotation]: holder,
      [modeAnnotation]: mode,
      'tidegate.dev/application': address.application,
    },
  };
  // A ConfigMap without a fence in it (somebody took the annotation away) is written over like one with.
  const standing = version ?? (await readOwned(client, place))?.metadata.resourceVersion;
  return writeOwned(client, place, { metadata }, standing);
}

function placeOf(address: FenceAddress): OwnedPlace {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    resource: 'configmaps',
    namespace: address.namespace,
    name: applySetName(address),
  };
}
