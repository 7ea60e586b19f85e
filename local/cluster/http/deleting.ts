import { type Kind, qualifiedResource } from '../kinds.ts';
import type { Json } from '../object.ts';
import { type DeleteOptions, type Deletion, remove } from '../registry/deletion.ts';
import type { Place, Registry } from '../registry/registry.ts';
import type { Exchange } from './exchange.ts';
import { selection } from './listing.ts';

/** DELETE on an object. */
export async function deleteObject(exchange: Exchange, registry: Registry, place: Place): Promise<void> {
  const deletion = remove(registry, place, await readOptions(exchange));
  exchange.json(200, answer(place.kind, deletion));
}

/** DELETE on a collection: all that is selected, answered with the list of it. */
export async function deleteCollection(
  exchange: Exchange,
  registry: Registry,
  kind: Kind,
  namespace: string | undefined,
): Promise<void> {
  const options = await readOptions(exchange);
  const items = registry.list(kind, namespace).filter(selection(exchange, kind));
  for (const { metadata } of items) {
    remove(registry, { kind, namespace: metadata.namespace, name: metadata.name }, options);
  }
  const metadata = { resourceVersion: String(registry.store.revision) };
  exchange.json(200, { kind: `${kind.kind}List`, apiVersion: items[0]?.apiVersion ?? 'v1', metadata, items });
}

/** POST on a pod's eviction. */
export async function evict(exchange: Exchange, registry: Registry, place: Place): Promise<void> {
  const { deleteOptions } = await exchange.readObject();
  remove(registry, place, { ...deleteOptions, isDryRun: exchange.isDryRun });
  exchange.json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

async function readOptions(exchange: Exchange): Promise<DeleteOptions> {
  const body = await exchange.readObject();
  const grace = exchange.query.get('gracePeriodSeconds');
  const policy = exchange.query.get('propagationPolicy');
  const orphans = body.orphanDependents ?? exchange.query.get('orphanDependents') === 'true';
  return {
    ...body,
    ...(orphans ? { propagationPolicy: 'Orphan' } : {}),
    ...(policy ? { propagationPolicy: policy } : {}),
    ...(grace ? { gracePeriodSeconds: Number(grace) } : {}),
    isDryRun: exchange.isDryRun || (body.dryRun ?? []).includes('All'),
  };
}

function answer(kind: Kind, deletion: Deletion): Json {
  const { name, uid } = deletion.object.metadata;
  if (deletion.state === 'terminating' || qualifiedResource(kind) === 'pods') return deletion.object;
  const details = { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.resource, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
