import { createHash } from 'node:crypto';
import { ConfigurationError } from '#domain/errors.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import { version } from '#domain/version.ts';

// ApplySets as kubectl implements them (KUBERNETES.md P1): any tool can list what an application put somewhere.

/** On every member: the id of its set. */
export const partOfLabel = 'applyset.kubernetes.io/part-of';
export const applySetIdLabel = 'applyset.kubernetes.io/id';
export const toolingAnnotation = 'applyset.kubernetes.io/tooling';
export const groupKindsAnnotation = 'applyset.kubernetes.io/contains-group-kinds';
export const namespacesAnnotation = 'applyset.kubernetes.io/additional-namespaces';

/** Where an application's set is kept: a ConfigMap in the environment's namespace. */
export interface ApplySetAddress {
  readonly namespace: string;
  readonly application: string;
}

/** Where to look for a set's members. */
export interface ApplySetMembers {
  /** `Deployment.apps`, and `ConfigMap` of the core group; sorted. */
  readonly groupKinds: readonly string[];
  /** Sorted; the parent's own may be among them. */
  readonly namespaces: readonly string[];
}

/** The parent's name. */
export function applySetName({ application }: Pick<ApplySetAddress, 'application'>): string {
  return `tidegate-${application}`;
}

/** The id of a set, by the formula that every tool checks: its parent's name, namespace, kind and group, hashed. */
export function applySetId(address: ApplySetAddress): string {
  const parent = [applySetName(address), address.namespace, 'ConfigMap', ''].join('.');
  return `applyset-${createHash('sha256').update(parent).digest('base64url')}-v1`;
}

/** The members that these objects are. */
export function membersOf(objects: readonly ObjectIdentity[]): ApplySetMembers {
  return {
    groupKinds: sorted(objects.map(({ group, kind }) => (group === '' ? kind : `${kind}.${group}`))),
    namespaces: sorted(objects.flatMap(({ namespace }) => namespace ?? [])),
  };
}

export const noMembers: ApplySetMembers = { groupKinds: [], namespaces: [] };

/** Both sets' members: what the parent says before anything is applied, so that no member is ever missed. */
export function withMembers(one: ApplySetMembers, other: ApplySetMembers): ApplySetMembers {
  return {
    groupKinds: sorted([...one.groupKinds, ...other.groupKinds]),
    namespaces: sorted([...one.namespaces, ...other.namespaces]),
  };
}

/** True when every member of `other` is found where `one` says. */
export function covers(one: ApplySetMembers, other: ApplySetMembers): boolean {
  const both = withMembers(one, other);
  return both.groupKinds.length === one.groupKinds.length && both.namespaces.length === one.namespaces.length;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/** Labels and annotations of the parent. */
export function parentMetadata(
  address: ApplySetAddress,
  { groupKinds, namespaces }: ApplySetMembers,
): {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
} {
  return {
    labels: { [applySetIdLabel]: applySetId(address) },
    annotations: {
      [toolingAnnotation]: `${tool}/${version}`,
      [groupKindsAnnotation]: groupKinds.join(','),
      [namespacesAnnotation]: namespaces.filter((name) => name !== address.namespace).join(','),
    },
  };
}

const tool = 'tidegate';

interface ParentMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * What a parent says of its members. Throws ConfigurationError when its id is not the one that its name gives, or
 * another tool looks after it: to write then would be to take over somebody else's objects.
 */
export function membersIn(address: ApplySetAddress, metadata: ParentMetadata): ApplySetMembers {
  const { labels = {}, annotations = {} } = metadata;
  const id = labels[applySetIdLabel];
  const tooling = annotations[toolingAnnotation];
  const subject = `ConfigMap ${address.namespace}/${applySetName(address)}`;
  // One of before ApplySets has neither.
  if ((id !== undefined || tooling !== undefined) && id !== applySetId(address)) {
    throw new ConfigurationError(
      `${subject}: its label '${applySetIdLabel}' is '${id ?? ''}' and must be '${applySetId(address)}'; somebody changed or copied it: put the label right, or delete the ConfigMap while nothing is deployed`,
      { found: id ?? '', wanted: applySetId(address) },
    );
  }
  if (tooling !== undefined && tooling.split('/')[0] !== tool) {
    throw new ConfigurationError(
      `${subject}: is looked after by '${tooling}'; Tidegate takes over no other tool's ApplySet: rename the application, or delete the ConfigMap once that tool is done with it`,
      { tooling },
    );
  }
  const own = id === undefined ? [] : [address.namespace];
  return {
    groupKinds: sorted(list(annotations[groupKindsAnnotation])),
    namespaces: sorted([...own, ...list(annotations[namespacesAnnotation])]),
  };
}

function list(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter(Boolean);
}
