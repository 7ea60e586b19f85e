import { expired } from '../errors.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import type { Registry } from '../registry/registry.ts';
import { type Match, parseFieldSelector, parseLabelSelector } from '../selectors.ts';
import type { Exchange } from './exchange.ts';
import { tableOf } from './table.ts';
import { inGroup, metadataOf, type View, viewOf } from './views.ts';

/** The selectors of a request as one test. */
export function selection(exchange: Exchange, kind: Kind): Match {
  const labels = parseLabelSelector(exchange.query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(exchange.query.get('fieldSelector') ?? '', kind.kind);
  return (object) => labels(object) && fields(object);
}

/** GET on a collection: selected objects, in pages when asked. */
export function list(
  exchange: Exchange,
  registry: Registry,
  kind: Kind,
  namespace: string | undefined,
): void {
  const matches = selection(exchange, kind);
  const all = registry.list(kind, namespace).filter(matches);
  const after = readToken(exchange.query.get('continue'), registry);
  const limit = Number(exchange.query.get('limit') ?? 0);
  const rest = after === undefined ? all : all.filter((object) => position(object) > after.position);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const resourceVersion = after?.revision ?? String(registry.store.revision);
  const remaining = rest.length - page.length;
  const metadata = {
    resourceVersion,
    ...(remaining > 0 && last !== undefined
      ? { continue: writeToken(resourceVersion, position(last)), remainingItemCount: remaining }
      : {}),
  };
  const shown = page.map((object) => inGroup(kind, object));
  exchange.json(
    200,
    listBody(kind, shown, metadata, viewOf(exchange.accept), exchange.query.get('includeObject')),
  );
}

function listBody(
  kind: Kind,
  objects: KubeObject[],
  metadata: Json,
  view: View,
  includeObject: string | null,
): Json {
  switch (view) {
    case 'table': {
      const table = tableOf(kind, objects, metadata.resourceVersion, includeObject);
      return { ...table, metadata };
    }
    case 'metadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: objects.map(metadataOf),
      };
    case 'object':
      return {
        kind: `${kind.kind}List`,
        apiVersion: apiVersionOf(kind),
        metadata,
        items: objects.map(({ apiVersion: _, kind: __, ...rest }) => rest),
      };
  }
}

function position(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function writeToken(revision: string, last: string): string {
  return Buffer.from(JSON.stringify({ revision, position: last })).toString('base64url');
}

function readToken(
  token: string | null,
  registry: Registry,
): { revision: string; position: string } | undefined {
  if (!token) return undefined;
  try {
    const parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Number(parsed.revision) >= registry.store.forgottenRevision) return parsed;
  } catch {
    // A token that cannot be read is answered like one that is too old: list again.
  }
  throw expired('The provided continue parameter is too old to display a consistent list result.');
}
