import { ClusterUnavailableError } from '#domain/errors.ts';
import { groupOf, kindRuleOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { LabelledObjects, ListRequest } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath } from './api-paths.ts';
import type { Discovery } from './discovery.ts';

// One answer of 500 is a few MB at most; more at once would weigh on the server's memory (KUBERNETES.md K7).
const pageSize = 500;
const attempts = 3;

interface Speaker {
  readonly client: ApiClient;
  readonly discovery: Discovery;
}

interface Listing extends ListRequest {
  /** What of the objects is asked for; all of it when absent. */
  readonly accept?: string;
}

interface Page {
  readonly items: readonly LiveObject[];
  readonly continueToken: string | undefined;
}

/** Lists all objects of a kind, page by page; undefined when the cluster serves no such kind. */
export async function listObjects(
  { client, discovery }: Speaker,
  request: Listing,
): Promise<readonly LiveObject[] | undefined> {
  const path = await pathOf(discovery, request);
  if (path === undefined) return undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const listed = await listOnce(client, path, request);
    if (listed !== 'expired') return listed;
  }
  throw new ClusterUnavailableError(
    `list of ${request.kind}: its pages expired ${attempts} times while it was read`,
    { kind: request.kind },
  );
}

// Names and labels, not Secrets' data (KUBERNETES.md K7).
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Lists the metadata of objects that carry a label; none where the cluster serves no such kind (KUBERNETES.md L3). */
export async function listLabelled(
  speaker: Speaker,
  { label, value, ...place }: LabelledObjects,
): Promise<readonly LiveObject[]> {
  const request = { ...place, labelSelector: `${label}=${value}`, accept: metadataOnly };
  return (await listObjects(speaker, request)) ?? [];
}

async function listOnce(
  client: ApiClient,
  path: string,
  request: Listing,
): Promise<readonly LiveObject[] | undefined | 'expired'> {
  const all: LiveObject[] = [];
  let token: string | undefined;
  do {
    const page = await readPage(client, path, request, token);
    if (page === undefined || page === 'expired') return page;
    all.push(...page.items);
    token = page.continueToken;
  } while (token !== undefined);
  return all;
}

async function readPage(
  client: ApiClient,
  path: string,
  { apiVersion, kind, namespace, labelSelector, accept }: Listing,
  token: string | undefined,
): Promise<Page | undefined | 'expired'> {
  const outcome = await client.call(
    {
      method: 'GET',
      path,
      ...(accept === undefined ? {} : { accept }),
      query: {
        limit: String(pageSize),
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(token === undefined ? {} : { continue: token }),
      },
      subject: `list of ${kind}${namespace === undefined ? '' : ` in namespace '${namespace}'`}`,
    },
    ['not-found', 'not-served', 'namespace-missing', 'expired'],
  );
  if (outcome.kind === 'expired') return 'expired';
  if (outcome.kind !== 'success') return undefined;
  const list = JSON.parse(outcome.answer.body) as {
    readonly metadata?: { readonly continue?: string };
    readonly items?: readonly LiveObject[];
  };
  // The items of a list don't say what they are.
  const items = (list.items ?? []).map((item) => ({ ...item, apiVersion, kind }));
  return { items, continueToken: list.metadata?.continue || undefined };
}

async function pathOf(
  discovery: Discovery,
  { apiVersion, kind, namespace }: ListRequest,
): Promise<string | undefined> {
  const rule = kindRuleOf({ group: groupOf(apiVersion), kind });
  const served = rule.isCustom ? await discovery.resourceOf(apiVersion, kind) : rule;
  return served && collectionPath(apiVersion, served.resource, namespace);
}
