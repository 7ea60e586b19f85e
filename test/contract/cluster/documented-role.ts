import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** Verbs by resource, as in `deployments.apps`, each sorted. */
export type Rights = Readonly<Record<string, readonly string[]>>;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rightName = (group: string, resource: string): string =>
  group === '' ? resource : `${resource}.${group}`;

interface RbacObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

/** The Role and the ClusterRole in docs/install.md and what stands with them, the bindings of the deployers' group. */
export function documentedObjects(): readonly RbacObject[] {
  const text = readFileSync(new URL('../../../docs/install.md', import.meta.url), 'utf8');
  const block = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].find(([, yaml]) =>
    yaml?.includes('kind: Role\n'),
  );
  return parseAllDocuments(block?.[1] ?? '').map((document) => document.toJS() as RbacObject);
}

/** What the Role and the ClusterRole in docs/install.md permit. */
export function documentedRights(): Rights {
  const roles = documentedObjects().flatMap(({ rules }) => rules ?? []);
  const rights = new Map<string, Set<string>>();
  for (const { apiGroups, resources, verbs } of roles)
    for (const group of apiGroups)
      for (const resource of resources)
        for (const verb of verbs) note(rights, rightName(group, resource), verb);
  return sorted(rights);
}

function note(rights: Map<string, Set<string>>, name: string, verb: string): void {
  rights.set(name, (rights.get(name) ?? new Set()).add(verb));
}

const sorted = (rights: ReadonlyMap<string, ReadonlySet<string>>): Rights =>
  Object.fromEntries([...rights].sort().map(([name, verbs]) => [name, [...verbs].sort()]));

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Collects the rights that requests need, as the API server's authorisation names them. */
export function createRightsRecorder() {
  const rights = new Map<string, Set<string>>();
  return {
    record({ method, path, query = {} }: Sent): void {
      // Discovery is open to everybody who is let in.
      if (/^\/(api\/v1|apis\/[^/]+\/[^/]+)$/.test(path)) return;
      const [, core, grouped, rest = ''] = /^\/(?:api(\/v1)|apis\/([^/]+)\/[^/]+)\/(.*)$/.exec(path) ?? [];
      const [resource = '', name, subresource] = rest.replace(/^namespaces\/[^/]+\/(?=.)/, '').split('/');
      const group = core === undefined ? (grouped ?? '') : '';
      const full = subresource === undefined ? resource : `${resource}/${subresource}`;
      for (const verb of verbsOf(method, name === undefined, query))
        note(rights, rightName(group, full), verb);
    },
    rights: (): Rights => sorted(rights),
  };
}

function verbsOf(
  method: string,
  isCollection: boolean,
  query: Readonly<Record<string, string>>,
): readonly string[] {
  const verbs: Readonly<Record<string, readonly string[]>> = {
    GET: [isCollection ? (query.watch === undefined ? 'list' : 'watch') : 'get'],
    POST: ['create'],
    PUT: ['update'],
    // A server-side apply of what is not there is authorised as a creation, too.
    PATCH: ['patch', 'create'],
    DELETE: ['delete'],
  };
  return verbs[method] ?? [method];
}
