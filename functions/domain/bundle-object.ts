import { canonicalObject, tooLarge } from '#domain/bundle-canonical.ts';
import { duplicateItems } from '#domain/bundle-list-keys.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import { didYouMean } from '#domain/did-you-mean.ts';
import { findKindRule, kindRules } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { YamlPath } from '#domain/yaml-finding.ts';
import type { Problem } from '#domain/yaml-problem.ts';
import { pathText, valueAt } from '#domain/yaml-schema.ts';

/**
 * One object of a bundle, not yet put into an environment. It is kept as canonical JSON, not as a tree: a bundle's
 * objects are held all at once, and text takes a fraction of the memory.
 */
export interface BundleObject {
  /** Without a namespace: the environment fills it in. */
  readonly identity: ObjectIdentity;
  readonly namespaced: boolean;
  /** The namespace that the manifest names, if it does. */
  readonly namespace?: string;
  /** `file:line:column` of the object, and of its namespace. */
  readonly where: string;
  readonly namespaceWhere: string;
  readonly json: string;
}

/** Tells places within the object. */
export type PlaceOf = (path: YamlPath) => string;

type Checked = readonly Problem[];

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What every object must have before anything else can be said of it. */
function shapeProblems(value: unknown, place: PlaceOf): Checked {
  if (!isMap(value)) {
    return [
      { where: place([]), message: 'is no Kubernetes object: a map with apiVersion, kind and metadata' },
    ];
  }
  const metadata = isMap(value.metadata) ? value.metadata : {};
  if (metadata.generateName !== undefined) {
    const message =
      '`metadata.generateName` is not supported: each release would create another object; use `metadata.name`';
    return [{ where: place(['metadata', 'generateName']), message }];
  }
  return ([['apiVersion'], ['kind'], ['metadata', 'name']] as const).flatMap((path) => {
    const field = valueAt(value, path);
    if (typeof field === 'string' && field !== '') return [];
    const fault = field === undefined ? 'is missing' : `must be text, is ${JSON.stringify(field)}`;
    return [{ where: place(path), message: `\`${pathText(path)}\` ${fault}` }];
  });
}

function kindProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const identity = identityOf(object);
  const rule = findKindRule(identity);
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  if (rule?.versions.includes(version)) return [];
  const served = rule ?? kindRules.find(({ kind }) => kind === object.kind);
  if (served !== undefined) {
    const wanted = [served.group, served.versions[0]].filter((part) => part !== '').join('/');
    const message = `${object.kind} by \`apiVersion: ${object.apiVersion}\` is not supported; use \`${wanted}\``;
    return [{ where: place(['apiVersion']), message }];
  }
  const kinds = kindRules.map(({ kind }) => kind);
  const near = didYouMean(object.kind, kinds);
  const message = `kind \`${object.kind}\` (${object.apiVersion}) is not supported by this version yet${near}; supported: ${kinds.join(', ')}`;
  return [{ where: place(['kind']), message }];
}

/** Names stand in URLs of the API; RBAC names may be freer than others, yet never hold these. */
function nameProblems({ kind, metadata: { name } }: KubernetesObject, place: PlaceOf): Checked {
  const isFree = kind === 'Role' || kind === 'RoleBinding';
  const pattern = isFree ? /^(?!\.{1,2}$)[^/%\s]{1,253}$/ : /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
  if (pattern.test(name)) return [];
  const message = `\`metadata.name\` ${JSON.stringify(name)} is no Kubernetes name: lower-case letters, digits, - and .`;
  return [{ where: place(['metadata', 'name']), message }];
}

/** Maps whose values the API server takes as text only: numbers and booleans there are the commonest slip of all. */
const textMaps: readonly { readonly path: YamlPath; readonly kinds?: readonly string[] }[] = [
  { path: ['metadata', 'labels'] },
  { path: ['metadata', 'annotations'] },
  { path: ['spec', 'template', 'metadata', 'labels'] },
  { path: ['spec', 'template', 'metadata', 'annotations'] },
  { path: ['data'], kinds: ['ConfigMap', 'Secret'] },
  { path: ['stringData'], kinds: ['Secret'] },
];

function textProblems(object: KubernetesObject, place: PlaceOf): Checked {
  return textMaps.flatMap(({ path, kinds }) => {
    if (kinds !== undefined && !kinds.includes(object.kind)) return [];
    const map = valueAt(object, path);
    if (map === undefined || map === null) return [];
    if (!isMap(map)) return [{ where: place(path), message: `\`${pathText(path)}\` must be a map` }];
    return Object.entries(map).flatMap(([key, value]) => {
      if (typeof value === 'string') return [];
      // The value is named only outside Secrets: messages are logged, mailed and shown.
      const is = object.kind === 'Secret' ? `a ${typeof value}` : JSON.stringify(value);
      const message = `\`${pathText(path)}.${key}\` must be text, is ${is}; put it in quotes`;
      return [{ where: place([...path, key]), message }];
    });
  });
}

/** Keys of these prefixes say whose an object is and what configuration it runs with; this one is for users. */
const reservedKey = /^(tidegate\.dev\/(?!prune$)|applyset\.kubernetes\.io\/)/;

/** What this tool writes beside the objects must not come from a bundle: it would decide over fences and owners. */
function reservedProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const { kind, metadata } = object;
  const message = `ConfigMaps named \`tidegate-…\` are kept for Tidegate's own fences, is ${JSON.stringify(metadata.name)}; choose another name`;
  const isFence = kind === 'ConfigMap' && metadata.name.startsWith('tidegate-');
  const maps = textMaps.filter(({ kinds }) => kinds === undefined);
  const keys = maps.flatMap(({ path }) => {
    const map = valueAt(object, path);
    return Object.keys(isMap(map) ? map : {})
      .filter((key) => reservedKey.test(key))
      .map((key) => ({
        where: place([...path, key]),
        message: `\`${pathText(path)}\` may not hold \`${key}\`: Tidegate writes what begins with tidegate.dev/ (but \`tidegate.dev/prune\`) and applyset.kubernetes.io/ itself; remove it`,
      }));
  });
  return isFence ? [{ where: place(['metadata', 'name']), message }, ...keys] : keys;
}

function listProblems(object: KubernetesObject, place: PlaceOf): Checked {
  return [...duplicateItems(object.kind, object)].map(({ path, first, key }) => ({
    where: place(path),
    message: `\`${pathText(path.slice(0, -1))}\` holds ${key} twice: it stands at ${place(first)} already; remove one of them`,
  }));
}

/** Checks one object by itself, whatever environment it goes to. */
export function checkObject(value: unknown, place: PlaceOf): BundleObject | { readonly problems: Checked } {
  const oversize = tooLarge(value);
  if (oversize !== undefined) return { problems: [{ where: place([]), message: `the object ${oversize}` }] };
  const shape = shapeProblems(value, place);
  if (shape.length > 0) return { problems: shape };
  const object = value as KubernetesObject;
  const kind = kindProblems(object, place);
  if (kind.length > 0) return { problems: kind };
  const checks = [nameProblems, reservedProblems, textProblems, listProblems];
  const problems = checks.flatMap((check) => check(object, place));
  if (problems.length > 0) return { problems };
  const canonical = canonicalObject(object);
  const { namespace } = object.metadata;
  return {
    identity: identityOf(canonical),
    namespaced: findKindRule(identityOf(object))?.namespaced ?? true,
    ...(namespace === undefined || namespace === null ? {} : { namespace: String(namespace) }),
    where: place([]),
    namespaceWhere: place(['metadata', 'namespace']),
    json: canonicalJson(canonical),
  };
}
