import { kindRuleOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { LabelledObjects } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath } from './api-paths.ts';

const pageSize = '500';
// Names and labels, not Secrets' data (KUBERNETES.md K7).
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

interface MetadataList {
  readonly metadata: { readonly continue?: string };
  /** Null where nothing matches, by a real server. */
  readonly items: readonly Pick<LiveObject, 'metadata'>[] | null;
}

/** Lists the metadata of objects that carry a label, page by page (KUBERNETES.md L3). */
export async function listLabelled(
  client: ApiClient,
  { apiVersion, kind, namespace, label, value }: LabelledObjects,
): Promise<readonly LiveObject[]> {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const { resource } = kindRuleOf({ group, kind, name: '' });
  const path = collectionPath(apiVersion, resource, namespace);
  const found: LiveObject[] = [];
  let next: string | undefined;
  do {
    const outcome = await client.call(
      {
        method: 'GET',
        path,
        accept: metadataOnly,
        query: {
          limit: pageSize,
          labelSelector: `${label}=${value}`,
          ...(next === undefined ? {} : { continue: next }),
        },
        subject: `${resource}${namespace === undefined ? '' : ` in namespace '${namespace}'`}`,
      },
      ['not-found', 'namespace-missing'],
    );
    if (outcome.kind !== 'success') return found;
    const page = JSON.parse(outcome.answer.body) as MetadataList;
    found.push(...(page.items ?? []).map(({ metadata }) => ({ apiVersion, kind, metadata })));
    next = page.metadata.continue || undefined;
  } while (next !== undefined);
  return found;
}
