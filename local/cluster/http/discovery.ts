import type { Catalog } from '../catalog.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import type { Json } from '../object.ts';

/** The version that the cluster says it is; clients choose features by it. */
export const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.2',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.26',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** Groups that hold only reviews, which are answered and never stored. */
const reviewGroups = ['authentication.k8s.io', 'authorization.k8s.io'];
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The answer to a discovery path, or undefined when the path is none. */
export function discovery(path: string, accept: string, catalog: Catalog): Json | undefined {
  const isAggregated = accept.includes('g=apidiscovery.k8s.io') && accept.includes('v=v2');
  const served = groupsOf(catalog.all);
  switch (path) {
    case '/version':
      return version;
    case '/api':
      return isAggregated
        ? aggregated(served, [''])
        : { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/apis': {
      const names = [...served.keys()].filter((group) => group !== '');
      const list = [...names, ...reviewGroups].map((group) => apiGroup(group, served));
      return isAggregated
        ? aggregated(served, names)
        : { kind: 'APIGroupList', apiVersion: 'v1', groups: list };
    }
    default:
      return path === '/api/v1' ? resources('', 'v1', served) : groupPath(path, served);
  }
}

/** Kinds by group and version, the preferred version of each group first. */
type Served = ReadonlyMap<string, ReadonlyMap<string, readonly Kind[]>>;

function groupsOf(kinds: readonly Kind[]): Served {
  const served = new Map<string, Map<string, Kind[]>>();
  for (const kind of [...kinds].sort((left, right) => byPriority(left.version, right.version))) {
    const versions = served.get(kind.group) ?? new Map<string, Kind[]>();
    served.set(kind.group, versions);
    versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind]);
  }
  return served;
}

/** Kubernetes' order of versions: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name. */
export function byPriority(left: string, right: string): number {
  const [one, other] = [rank(left), rank(right)];
  const difference = one.findIndex((value, index) => value !== other[index]);
  if (difference < 0) return left < right ? -1 : Number(left > right);
  return (other[difference] ?? 0) - (one[difference] ?? 0);
}

const stages: Readonly<Record<string, number>> = { '': 3, beta: 2, alpha: 1 };

function rank(text: string): number[] {
  const [, major, stage = '', minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text) ?? [];
  return major === undefined ? [0, 0, 0] : [stages[stage] ?? 0, Number(major), Number(minor)];
}

function groupPath(path: string, served: Served): Json | undefined {
  const [, group = '', groupVersion] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (group === '' || (!served.has(group) && !reviewGroups.includes(group))) return undefined;
  if (groupVersion === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group, served) };
  return versionsOf(group, served).includes(groupVersion)
    ? resources(group, groupVersion, served)
    : undefined;
}

function versionsOf(group: string, served: Served): string[] {
  return [...(served.get(group)?.keys() ?? ['v1'])];
}

function apiGroup(group: string, served: Served): Json {
  const versions = versionsOf(group, served).map((name) => ({
    groupVersion: `${group}/${name}`,
    version: name,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

const reviews: Readonly<Record<string, readonly string[]>> = {
  'authorization.k8s.io': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'],
  'authentication.k8s.io': ['SelfSubjectReview'],
};

function resources(group: string, groupVersion: string, served: Served): Json {
  const list = (served.get(group)?.get(groupVersion) ?? []).flatMap(resource);
  const review = (reviews[group] ?? []).map((kind) => ({
    name: `${kind.toLowerCase()}s`,
    singularName: kind.toLowerCase(),
    namespaced: false,
    kind,
    verbs: ['create'],
  }));
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? groupVersion : `${group}/${groupVersion}`,
    resources: [...list, ...review],
  };
}

function resource(kind: Kind): Json[] {
  const { resource: name, singular, namespaced, shortNames, categories } = kind;
  return [
    {
      name,
      singularName: singular,
      namespaced,
      kind: kind.kind,
      verbs,
      ...(shortNames.length > 0 ? { shortNames } : {}),
      ...(categories.length > 0 ? { categories } : {}),
    },
    ...kind.subresources.map((subresource) => ({
      name: `${name}/${subresource}`,
      singularName: '',
      namespaced,
      ...responseKind(kind, subresource),
      verbs: subresourceVerbs[subresource],
    })),
  ];
}

const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  log: ['get'],
  eviction: ['create'],
  binding: ['create'],
  token: ['create'],
  finalize: ['update'],
  resize: ['get', 'patch', 'update'],
};

function responseKind(kind: Kind, subresource: string): Json {
  return answeredWith[subresource] ?? { kind: kind.kind };
}

const answeredWith: Readonly<Record<string, Json>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  binding: { group: '', version: 'v1', kind: 'Binding' },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
};

function aggregated(served: Served, names: readonly string[]): Json {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: names.map((group) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: versionsOf(group, served).map((name) => ({
        version: name,
        freshness: 'Current',
        resources: (served.get(group)?.get(name) ?? []).map(aggregatedResource),
      })),
    })),
  };
}

function aggregatedResource(kind: Kind): Json {
  const { group, version: kindVersion } = kind;
  return {
    resource: kind.resource,
    responseKind: { group, version: kindVersion, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs,
    shortNames: kind.shortNames,
    categories: kind.categories,
    subresources: kind.subresources.map((subresource) => ({
      subresource,
      responseKind: { group, version: kindVersion, ...responseKind(kind, subresource) },
      verbs: subresourceVerbs[subresource],
    })),
  };
}

/** `apps/v1` and the like, for OpenAPI. */
export function groupVersions(catalog: Catalog): string[] {
  return [...new Set(catalog.all.map(apiVersionOf))];
}
