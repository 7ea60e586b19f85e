import { configHashAnnotation, configReferences } from '#domain/config-hash.ts';
import { pointerToken } from '#domain/field-changes.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { FieldChange, ObjectChange } from '#domain/plan.ts';

const longestList = 8;

/**
 * What this release changed on the failing path (KUBERNETES.md G5): of the object itself, and of the ConfigMaps and Secrets
 * that its pods use. Names of keys, never values but those of images and resources.
 */
export function whatChanged(
  failing: ObjectIdentity,
  changes: readonly ObjectChange[],
  objects: readonly KubernetesObject[],
): readonly string[] {
  const text = identityText(failing);
  const own = objects.find((object) => identityText(identityOf(object)) === text);
  const place = failing.namespace === undefined ? {} : { namespace: failing.namespace };
  const used = new Set(
    configReferences(own?.spec).map(({ kind, name }) => identityText({ group: '', kind, name, ...place })),
  );
  return changes.flatMap((change) => {
    const name = identityText(change.identity);
    if (name === text) return change.action === 'created' ? ['it is new'] : fieldLines(change.fields, own);
    return used.has(name) ? usedLines(change) : [];
  });
}

function usedLines({ identity, action, fields }: ObjectChange): readonly string[] {
  const name = `${identity.kind} ${identity.name}`;
  if (action === 'created') return [`${name} is new`];
  if (action === 'pruned') return [`${name} is deleted by this release`];
  const keys = new Set(
    fields.flatMap(({ path }) => /^\/(?:data|binaryData|stringData)\/([^/]+)/.exec(path)?.[1] ?? []),
  );
  return keys.size === 0 ? [] : [`${name}: ${shortList([...keys])}`];
}

type Line = (fields: readonly FieldChange[], nameOf: (path: string) => string) => readonly string[];

const showValue = (value: unknown): string => (value === undefined ? 'none' : String(value));

const hashPath = pointerToken(configHashAnnotation);

// What is told of a workload's fields, by where they lie. First come, first told.
const topics: readonly (readonly [RegExp, Line])[] = [
  [
    /\/(?:containers|initContainers)\/[^/]+\/image$/,
    (fields, nameOf) =>
      fields.map(({ path, from, to }) => `image of ${nameOf(path)} ${showValue(from)} → ${showValue(to)}`),
  ],
  [
    /\/(?:containers|initContainers)\/[^/]+\/resources\//,
    (fields, nameOf) =>
      fields.map(
        ({ path, from, to }) =>
          `${path.split('/resources/')[1]?.replace('/', '.')} of ${nameOf(path)} ${showValue(from)} → ${showValue(to)}`,
      ),
  ],
  [/\/(?:containers|initContainers)\/[^/]+\/env(?:From)?\//, (_, nameOf) => [`env: ${nameOf('env')}`]],
  [
    /\/(?:liveness|readiness|startup)Probe\b/,
    (fields) => [
      `probes: ${shortList(fields.map(({ path }) => /\/((?:liveness|readiness|startup)Probe.*)$/.exec(path)?.[1] ?? ''))}`,
    ],
  ],
  [
    /\/(?:containers|initContainers)\/[^/]+\/(?:command|args)\b/,
    (fields, nameOf) => [`command or args of ${nameOf(fields[0]?.path ?? '')}`],
  ],
  [new RegExp(`/${hashPath}$`), () => ['the configuration that it reads']],
];

function fieldLines(fields: readonly FieldChange[], own: KubernetesObject | undefined): readonly string[] {
  const told = new Set<FieldChange>();
  const lines = topics.flatMap(([pattern, line]) => {
    const found = fields.filter((field) => !told.has(field) && pattern.test(field.path));
    for (const field of found) told.add(field);
    if (found.length === 0) return [];
    return line(found, (path) => (path === 'env' ? envNames(found, own) : containerName(path, own)));
  });
  const others = fields.filter((field) => !told.has(field)).map(({ path }) => path);
  return others.length === 0 ? lines : [...lines, `also ${shortList(others)}`];
}

interface NamedContainer {
  readonly name?: string;
  readonly env?: readonly { readonly name?: string }[];
}

function containerAt(path: string, own: KubernetesObject | undefined): NamedContainer | undefined {
  const tokens = path.split('/').slice(1);
  const end = tokens.findIndex((token) => token === 'containers' || token === 'initContainers') + 2;
  return tokens
    .slice(0, end)
    .reduce<unknown>((inner, token) => (inner as Record<string, unknown> | undefined)?.[token], own) as
    | NamedContainer
    | undefined;
}

function containerName(path: string, own: KubernetesObject | undefined): string {
  return `'${containerAt(path, own)?.name ?? path}'`;
}

/** Variables by their names; one that was taken out has none any more, and is told by its place. */
function envNames(fields: readonly FieldChange[], own: KubernetesObject | undefined): string {
  const names = fields.map(({ path, from }) => {
    const index = Number(/\/env\/(\d+)/.exec(path)?.[1] ?? Number.NaN);
    const named = containerAt(path, own)?.env?.[index]?.name;
    return named ?? (path.endsWith('/name') ? String(from) : path);
  });
  return shortList([...new Set(names)]);
}

function shortList(items: readonly string[]): string {
  const shown = items.slice(0, longestList).join(', ');
  return items.length > longestList ? `${shown} and ${items.length - longestList} more` : shown;
}
