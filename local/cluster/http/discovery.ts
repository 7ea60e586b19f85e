import { apiVersionOf, type Kind, kinds } from '../kinds.ts';
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

const groups = [...new Set(kinds.map((kind) => kind.group))].filter((group) => group !== '');
/** Groups that hold only reviews, which are answered and never stored. */
const reviewGroups = ['authentication.k8s.io', 'authorization.k8s.io'];
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The answer to a discovery path, or undefined when the path is none. */
export function discovery(path: string, accept: string): Json | undefined {
  const isAggregated = accept.includes('g=apidiscovery.k8s.io') && accept.includes('v=v2');
  switch (path) {
    case '/version':
      return version;
    case '/api':
      return isAggregated
        ? aggregated([''])
        : { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/apis':
      return isAggregated
        ? aggregated(groups)
        : { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups, ...reviewGroups].map(apiGroup) };
    default:
      return path === '/api/v1' ? resources('', 'v1') : groupPath(path);
  }
}

function groupPath(path: string): Json | undefined {
  const [, group = '', groupVersion] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (![...groups, ...reviewGroups].includes(group)) return undefined;
  if (groupVersion === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) };
  return groupVersion === versionOf(group) ? resources(group, groupVersion) : undefined;
}

function versionOf(group: string): string {
  return kinds.find((kind) => kind.group === group)?.version ?? 'v1';
}

function apiGroup(group: string): Json {
  const entry = { groupVersion: `${group}/${versionOf(group)}`, version: versionOf(group) };
  return { name: group, versions: [entry], preferredVersion: entry };
}

const reviews: Readonly<Record<string, readonly string[]>> = {
  'authorization.k8s.io': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'],
  'authentication.k8s.io': ['SelfSubjectReview'],
};

function resources(group: string, groupVersion: string): Json {
  const list = kinds
    .filter((kind) => kind.group === group && kind.version === groupVersion)
    .flatMap(resource);
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
};

function responseKind(kind: Kind, subresource: string): Json {
  if (subresource === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  if (subresource === 'eviction') return { group: 'policy', version: 'v1', kind: 'Eviction' };
  return { kind: kind.kind };
}

function aggregated(names: readonly string[]): Json {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: names.map((group) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: [
        {
          version: versionOf(group),
          freshness: 'Current',
          resources: kinds.filter((kind) => kind.group === group).map(aggregatedResource),
        },
      ],
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
export function groupVersions(): string[] {
  return [...new Set(kinds.map(apiVersionOf))];
}
