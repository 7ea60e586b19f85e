import { addressOf, type ObjectAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityText } from '#domain/manifest.ts';
import type { Cluster } from '#ports/cluster.ts';
import { inParallel } from './in-parallel.ts';

/** Live objects as they stood at one reading. */
export type LiveSnapshot = (address: ObjectAddress) => LiveObject | undefined;

// Fewer are read one by one: a list may hold thousands of objects that are nobody's here.
const worthListing = 3;
// Their list would show the secrets of everybody in the namespace: no role of ours may ask for it.
const neverListed: ReadonlySet<string> = new Set(['Secret']);

/** Reads many objects with few requests: a list for each kind in each namespace, paged by the port. */
export async function snapshotOf(
  cluster: Cluster,
  addresses: readonly ObjectAddress[],
): Promise<LiveSnapshot> {
  const groups = Map.groupBy(
    addresses,
    ({ apiVersion, kind, namespace }) => `${apiVersion} ${kind} ${namespace ?? ''}`,
  );
  const found = new Map<string, LiveObject>();
  await inParallel([...groups.values()], async (group) => {
    for (const live of await readGroup(cluster, group)) found.set(keyOf(addressOf(live)), live);
  });
  return (address) => found.get(keyOf(address));
}

function keyOf(address: ObjectAddress): string {
  return `${address.apiVersion} ${identityText(address)}`;
}

async function readGroup(
  cluster: Cluster,
  addresses: readonly ObjectAddress[],
): Promise<readonly LiveObject[]> {
  const [first] = addresses;
  if (first === undefined) return [];
  if (addresses.length < worthListing || neverListed.has(first.kind))
    return (await inParallel(addresses, (address) => cluster.read(address))).flatMap((live) => live ?? []);
  const { apiVersion, kind, namespace } = first;
  const listed = await cluster.list({ apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) });
  const wanted = new Set(addresses.map(({ name }) => name));
  return (listed ?? []).filter(({ metadata }) => wanted.has(metadata.name));
}
