import type { ObjectSchema, SchemaNode } from '#domain/object-schema.ts';
import type { ServedKind } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';

/** What an API server says of the kinds it serves. */
export interface Discovery {
  /** Asked anew as long as the kind is not there: definitions appear while a release runs. */
  resourceOf(apiVersion: string, kind: string): Promise<ServedKind | undefined>;
  schemaOf(apiVersion: string, kind: string): Promise<ObjectSchema | undefined>;
  version(): Promise<string | undefined>;
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** Discovery by group and version, each asked for once: a release speaks of few of them. */
export function createDiscovery(client: ApiClient): Discovery {
  const served = new Map<string, ServedKind>();
  const asking = new Map<string, Promise<void>>();
  const schemas = new Map<string, Promise<ObjectSchema['named'] | undefined>>();

  async function ask(apiVersion: string): Promise<void> {
    const call = {
      method: 'GET',
      path: rootPath(apiVersion),
      subject: `discovery of '${apiVersion}'`,
    } as const;
    const outcome = await client.call(call, ['not-served', 'not-found']);
    if (outcome.kind !== 'success') return;
    const { resources = [] } = JSON.parse(outcome.answer.body) as ResourceList;
    for (const { name, kind, namespaced } of resources) {
      // Subresources are listed as `<resource>/<subresource>`, with the kind of their body.
      if (!name.includes('/')) served.set(`${apiVersion} ${kind}`, { resource: name, namespaced });
    }
  }

  /** Concurrent askers share one asking. */
  function askOnce(apiVersion: string): Promise<void> {
    const known = asking.get(apiVersion);
    if (known !== undefined) return known;
    const asked = ask(apiVersion).finally(() => asking.delete(apiVersion));
    asking.set(apiVersion, asked);
    return asked;
  }

  async function readSchemas(apiVersion: string): Promise<ObjectSchema['named'] | undefined> {
    const path = `/openapi/v3${rootPath(apiVersion)}`;
    const call = { method: 'GET', path, subject: `schemas of '${apiVersion}'` } as const;
    // They are a help: where they can't be had, what they would tell is not checked.
    const outcome = await client.call(call, [
      'not-served',
      'not-found',
      'refused',
      'forbidden',
      'unavailable',
    ]);
    if (outcome.kind !== 'success') return undefined;
    const document = JSON.parse(outcome.answer.body) as {
      readonly components?: { readonly schemas?: object };
    };
    return (document.components?.schemas ?? {}) as ObjectSchema['named'];
  }

  return {
    async resourceOf(apiVersion, kind) {
      const key = `${apiVersion} ${kind}`;
      if (!served.has(key)) await askOnce(apiVersion);
      return served.get(key);
    },
    async version() {
      const call = { method: 'GET', path: '/version', subject: 'the version of the cluster' } as const;
      const outcome = await client.call(call, ['forbidden', 'not-served', 'not-found']);
      if (outcome.kind !== 'success') return undefined;
      const { major, minor } = JSON.parse(outcome.answer.body) as Record<'major' | 'minor', string>;
      // EKS says `36+`.
      return `${major}.${Number.parseInt(minor, 10)}`;
    },
    async schemaOf(apiVersion, kind) {
      const reading = schemas.get(apiVersion) ?? readSchemas(apiVersion);
      schemas.set(apiVersion, reading);
      const named = await reading;
      // What is not there yet may be when it is asked for again.
      if (named === undefined) schemas.delete(apiVersion);
      const root = named && Object.values(named).find((node) => isOf(node, apiVersion, kind));
      return named === undefined || root === undefined ? undefined : { root, named };
    },
  };
}

interface TypedNode extends SchemaNode {
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

function isOf(node: TypedNode, apiVersion: string, kind: string): boolean {
  return (node['x-kubernetes-group-version-kind'] ?? []).some(
    (each) => each.kind === kind && [each.group, each.version].filter(Boolean).join('/') === apiVersion,
  );
}

/** Where a group and version stand: `/api/v1`, `/apis/apps/v1`. */
function rootPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
