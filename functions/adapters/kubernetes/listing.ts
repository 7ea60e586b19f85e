import { ClusterUnavailableError } from '#domain/errors.ts';
import { findKindRule } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { ListRequest } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath } from './api-paths.ts';

// One answer of 500 is a few MB at most; more at once would weigh on the server's memory (KUBERNETES.md K7).
const pageSize = 500;
const attempts = 3;

interface Page {
  readonly items: readonly LiveObject[];
  readonly continueToken: string | undefined;
}

/** Lists all objects of a kind, page by page; undefined when the cluster serves no such kind. */
export async function listObjects(
  client: ApiClient,
  request: ListRequest,
): Promise<readonly LiveObject[] | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const listed = await listOnce(client, request);
    if (listed !== 'expired') return listed;
  }
  throw new ClusterUnavailableError(
    `list of ${request.kind}: its pages expired ${attempts} times while it was read`,
    { kind: request.kind },
  );
}

async function listOnce(
  client: ApiClient,
  request: ListRequest,
): Promise<readonly LiveObject[] | undefined | 'expired'> {
  const all: LiveObject[] = [];
  let token: string | undefined;
  do {
    const page = await readPage(client, request, token);
    if (page === undefined || page === 'expired') return page;
    all.push(...page.items);
    token = page.continueToken;
  } while (token !== undefined);
  return all;
}

async function readPage(
  client: ApiClient,
  { apiVersion, kind, namespace, labelSelector }: ListRequest,
  token: string | undefined,
): Promise<Page | undefined | 'expired'> {
  const outcome = await client.call(
    {
      method: 'GET',
      path: collectionPath(apiVersion, resourceName(apiVersion, kind), namespace),
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

/** The resource's name in paths; of kinds without a rule as the API's own kinds are named. */
function resourceName(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  const rule = findKindRule({ group: slash < 0 ? '' : apiVersion.slice(0, slash), kind });
  return rule?.resource ?? `${kind.toLowerCase()}s`;
}
