import { ApiError } from '../errors.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import { keyFor } from '../registry/admission.ts';
import type { Registry } from '../registry/registry.ts';
import type { Match } from '../selectors.ts';
import type { Change } from '../store.ts';
import { toVersion } from '../versions.ts';
import type { Exchange } from './exchange.ts';
import { selection } from './listing.ts';
import { showObject, viewOf } from './views.ts';

const bookmarkEveryMs = 30_000;
const longestSeconds = 30 * 60;

/** GET with `watch=true`: a line of JSON for each change, from the asked revision on. */
export function watch(
  exchange: Exchange,
  registry: Registry,
  kind: Kind,
  namespace: string | undefined,
): void {
  const matches = selection(exchange, kind);
  const prefix = keyFor(kind, namespace, '').replace('/undefined/', '/');
  const view = viewOf(exchange.accept);
  const includeObject = exchange.query.get('includeObject');
  const { response } = exchange;
  const show = (object: KubeObject) => showObject(kind, toVersion(kind, object), view, includeObject);
  const send = (type: string, object: Json) => response.write(`${JSON.stringify({ type, object })}\n`);
  const deliver = (change: Change) => {
    const type = change.key.startsWith(prefix) ? eventType(change, matches) : undefined;
    if (type !== undefined) send(type, show(change.stored.value));
  };
  const bookmark = (annotations?: Json) => {
    const metadata = {
      resourceVersion: String(registry.store.revision),
      creationTimestamp: null,
      ...annotations,
    };
    send('BOOKMARK', { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata });
  };

  const from = exchange.query.get('resourceVersion') ?? '';
  const wantsInitial = exchange.isSet('sendInitialEvents') || from === '' || from === '0';
  const missed = wantsInitial ? [] : registry.store.since(Number(from));
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  if (missed === undefined) {
    const error = new ApiError(
      410,
      'Expired',
      `too old resource version: ${from} (${registry.store.forgottenRevision})`,
    );
    send('ERROR', error.body);
    response.end();
    return;
  }
  if (wantsInitial && exchange.query.get('sendInitialEvents') !== 'false') {
    for (const object of registry.list(kind, namespace).filter(matches)) send('ADDED', show(object));
  }
  const wantsBookmarks = exchange.isSet('allowWatchBookmarks');
  if (exchange.isSet('sendInitialEvents') && wantsBookmarks) {
    bookmark({ annotations: { 'k8s.io/initial-events-end': 'true' } });
  }
  for (const change of missed) deliver(change);

  const unsubscribe = registry.store.subscribe(deliver);
  const bookmarks = wantsBookmarks ? setInterval(bookmark, bookmarkEveryMs) : undefined;
  const seconds = Number(exchange.query.get('timeoutSeconds') ?? longestSeconds) || longestSeconds;
  const end = setTimeout(() => {
    if (wantsBookmarks) bookmark();
    response.end();
  }, seconds * 1000);
  response.on('close', () => {
    unsubscribe();
    clearInterval(bookmarks);
    clearTimeout(end);
  });
}

/** What a change is to a watcher whose selector may match only one side of it. */
function eventType(change: Change, matches: Match): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined {
  const did = change.previous !== undefined && matches(change.previous.value);
  const does = change.type === 'put' && matches(change.stored.value);
  if (does) return did ? 'MODIFIED' : 'ADDED';
  return did ? 'DELETED' : undefined;
}
