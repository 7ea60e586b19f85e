import { canonicalObject, tooLarge } from '#domain/bundle-canonical.ts';
import { kindProblem } from '#domain/bundle-kind.ts';
import { bundleLimits, bytesText } from '#domain/bundle-limits.ts';
import { duplicateItems } from '#domain/bundle-list-keys.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import { directiveProblem } from '#domain/directives.ts';
import { withOwnName } from '#domain/generated-name.ts';
import { hookPhase, isGeneratedName } from '#domain/hooks.ts';
import { findKindRule, groupOf } from '#domain/kinds.ts';
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
  /** Absent for custom resources: their definition tells, or the environment's policy. */
  readonly namespaced?: boolean;
  /** What a CustomResourceDefinition defines. */
  readonly defines?: CustomKind;
  /** True for hooks of other tools that have no turn in a release. */
  readonly isSkipped: boolean;
  /** The namespace that the manifest names, if it does. */
  readonly namespace?: string;
  /** `file:line:column` of the object, and of its namespace. */
  readonly where: string;
  readonly namespaceWhere: string;
  readonly json: string;
}

/** A kind that a CustomResourceDefinition brings. */
export interface CustomKind {
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
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
  // As the API server has it: a prefix says nothing where there is a name.
  const nameField =
    metadata.name === undefined && metadata.generateName !== undefined ? 'generateName' : 'name';
  return ([['apiVersion'], ['kind'], ['metadata', nameField]] as const).flatMap((path) => {
    const field = valueAt(value, path);
    if (typeof field === 'string' && field !== '') return [];
    const fault = field === undefined ? 'is missing' : `must be text, is ${JSON.stringify(field)}`;
    return [{ where: place(path), message: `\`${pathText(path)}\` ${fault}` }];
  });
}

function kindProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const problem = kindProblem(object);
  return problem === undefined ? [] : [{ where: place([problem.field]), message: problem.message }];
}

/** Names stand in URLs of the API; RBAC names may be freer than others, yet never hold these. */
function nameProblems({ apiVersion, metadata }: KubernetesObject, place: PlaceOf): Checked {
  const isFree = groupOf(apiVersion) === 'rbac.authorization.k8s.io';
  const pattern = isFree ? /^(?!\.{1,2}$)[^/%\s]{1,253}$/ : /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
  const field = metadata.name === undefined ? 'generateName' : 'name';
  // A name is made of the prefix, which may end in a hyphen.
  const name = field === 'name' ? metadata.name : `${String(metadata.generateName)}0`;
  if (pattern.test(name)) return [];
  const message = `\`metadata.${field}\` ${JSON.stringify(metadata[field])} is no Kubernetes name: lower-case letters, digits, - and .`;
  return [{ where: place(['metadata', field]), message }];
}

/** A generated name would be another one with each release; a Job's is made of what the release holds (KUBERNETES.md A14). */
function generatedProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const { name, generateName } = object.metadata;
  if (name !== undefined || generateName === undefined || isGeneratedName(object)) return [];
  const message =
    '`metadata.generateName` is for Jobs and hooks only: each release would create another object; use `metadata.name`';
  return [{ where: place(['metadata', 'generateName']), message }];
}

/** Maps whose values the API server takes as text only: numbers and booleans there are the commonest slip of all. */
function metadataMaps(object: KubernetesObject): readonly YamlPath[] {
  const template = findKindRule(identityOf(object))?.podTemplate;
  const holders = template === undefined || template.length === 0 ? [[]] : [[], template];
  return holders.flatMap((path) => [
    [...path, 'metadata', 'labels'],
    [...path, 'metadata', 'annotations'],
  ]);
}

const dataMaps: Readonly<Record<string, readonly YamlPath[]>> = {
  ConfigMap: [['data']],
  Secret: [['data'], ['stringData']],
};

function textProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const own = groupOf(object.apiVersion) === '' ? (dataMaps[object.kind] ?? []) : [];
  return [...metadataMaps(object), ...own].flatMap((path) => {
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

/** Keys of these prefixes say whose an object is and what configuration it runs with; these are for users. */
const userKeys = ['prune', 'wave', 'depends-on', 'replace', 'replace-running', 'versioned'];
const reservedKey = new RegExp(`^(tidegate\\.dev/(?!(${userKeys.join('|')})$)|applyset\\.kubernetes\\.io/)`);

/** What this tool writes beside the objects must not come from a bundle: it would decide over fences and owners. */
function reservedProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const { kind, metadata } = object;
  const message = `ConfigMaps named \`tidegate-…\` are kept for Tidegate's own fences, is ${JSON.stringify(metadata.name)}; choose another name`;
  const isFence = kind === 'ConfigMap' && metadata.name?.startsWith('tidegate-');
  const keys = metadataMaps(object).flatMap((path) => {
    const map = valueAt(object, path);
    return Object.keys(isMap(map) ? map : {})
      .filter((key) => reservedKey.test(key))
      .map((key) => ({
        where: place([...path, key]),
        message: `\`${pathText(path)}\` may not hold \`${key}\`: Tidegate writes what begins with tidegate.dev/ (but ${userKeys.map((name) => `\`tidegate.dev/${name}\``).join(', ')}) and applyset.kubernetes.io/ itself; remove it`,
      }));
  });
  return isFence ? [{ where: place(['metadata', 'name']), message }, ...keys] : keys;
}

/** What the API server takes of a ConfigMap's or a Secret's data: less than of an object. */
function sizeProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const { apiVersion, kind, data, binaryData, stringData } = object;
  if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret')) return [];
  const encoded = kind === 'Secret' ? data : binaryData;
  const bytes = textBytes(kind === 'Secret' ? stringData : data) + Math.floor((textBytes(encoded) * 3) / 4);
  if (bytes <= bundleLimits.dataBytes) return [];
  const message = `the data of a ${kind} may have ${bytesText(bundleLimits.dataBytes)}, has ${bytesText(bytes)}; split it`;
  return [{ where: place(['data']), message }];
}

function textBytes(map: unknown): number {
  return Object.values(isMap(map) ? map : {}).reduce<number>(
    (sum, text) => sum + Buffer.byteLength(String(text)),
    0,
  );
}

function directiveProblems(object: KubernetesObject, place: PlaceOf): Checked {
  const problem = directiveProblem(object);
  if (problem === undefined) return [];
  return [{ where: place(['metadata', 'annotations', problem.annotation]), message: problem.message }];
}

function listProblems(object: KubernetesObject, place: PlaceOf): Checked {
  return [...duplicateItems(object)].map(({ path, first, key }) => ({
    where: place(path),
    message: `\`${pathText(path.slice(0, -1))}\` holds ${key} twice: it stands at ${place(first)} already; remove one of them`,
  }));
}

function definitionIn({ kind, spec }: KubernetesObject): CustomKind | undefined {
  if (kind !== 'CustomResourceDefinition' || !isMap(spec)) return undefined;
  const names = isMap(spec.names) ? spec.names : {};
  return { group: String(spec.group), kind: String(names.kind), namespaced: spec.scope !== 'Cluster' };
}

/** Checks one object by itself, whatever environment it goes to. */
export function checkObject(value: unknown, place: PlaceOf): BundleObject | { readonly problems: Checked } {
  const oversize = tooLarge(value);
  if (oversize !== undefined) return { problems: [{ where: place([]), message: `the object ${oversize}` }] };
  const shape = shapeProblems(value, place);
  if (shape.length > 0) return { problems: shape };
  const object = value as KubernetesObject;
  const kind = [...kindProblems(object, place), ...generatedProblems(object, place)];
  if (kind.length > 0) return { problems: kind };
  const checks = [
    nameProblems,
    reservedProblems,
    textProblems,
    listProblems,
    sizeProblems,
    directiveProblems,
  ];
  const problems = checks.flatMap((check) => check(object, place));
  if (problems.length > 0) return { problems };
  const canonical = canonicalObject(object);
  const json = canonicalJson(canonical);
  const { namespace } = object.metadata;
  const rule = findKindRule(identityOf(object));
  const defines = definitionIn(canonical);
  return {
    identity: identityOf(withOwnName(canonical, json)),
    ...(rule === undefined ? {} : { namespaced: rule.namespaced }),
    ...(defines === undefined ? {} : { defines }),
    isSkipped: hookPhase(canonical) === 'skipped',
    ...(namespace === undefined || namespace === null ? {} : { namespace: String(namespace) }),
    where: place([]),
    namespaceWhere: place(['metadata', 'namespace']),
    json,
  };
}
