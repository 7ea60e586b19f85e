import { didYouMean } from '#domain/did-you-mean.ts';
import { findKindRule, groupOf, isBuiltInGroup, kindRules } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { findRemovedApi, presentGroup } from '#domain/removed-apis.ts';

/** What is wrong with an object's kind, and which field says it. */
export interface KindProblem {
  readonly field: 'apiVersion' | 'kind';
  readonly message: string;
}

type Typed = Pick<KubernetesObject, 'apiVersion' | 'kind'>;

/**
 * What is wrong with an object's kind: an API that is no longer served, a built-in kind by another group or misspelt
 * (KUBERNETES.md D6). Kinds of others are right: whether the cluster knows them, planning tells.
 */
export function kindProblem({ apiVersion, kind }: Typed): KindProblem | undefined {
  const group = groupOf(apiVersion);
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const rule = findKindRule({ group: presentGroup(group, kind), kind });
  if (rule?.group === group && rule.versions.includes(version)) return undefined;
  const removed = findRemovedApi(apiVersion, kind);
  if (removed !== undefined && (rule !== undefined || removed.kinds !== undefined)) {
    const message = `${kind} by \`apiVersion: ${apiVersion}\` is not served since Kubernetes ${removed.since}; use ${removed.instead}`;
    return { field: 'apiVersion', message };
  }
  if (!isBuiltInGroup(group)) return groupProblem(apiVersion, group);
  return rule === undefined ? unknownKind(apiVersion, group, kind) : otherVersion(apiVersion, kind, rule);
}

/** Definitions of others need a group with a dot in its name: what has none is misspelt. */
function groupProblem(apiVersion: string, group: string): KindProblem | undefined {
  if (group.includes('.')) return undefined;
  const groups = [...new Set(kindRules.map((rule) => rule.group))].filter((name) => name !== '');
  const near = didYouMean(group, groups);
  return {
    field: 'apiVersion',
    message: `\`apiVersion: ${apiVersion}\`: there is no API group "${group}"${near}`,
  };
}

interface Served {
  readonly group: string;
  readonly versions: readonly string[];
}

function otherVersion(apiVersion: string, kind: string, { group, versions }: Served): KindProblem {
  const served = versions.map((version) => `\`${group === '' ? '' : `${group}/`}${version}\``);
  return {
    field: 'apiVersion',
    message: `${kind} by \`apiVersion: ${apiVersion}\` is not served; use ${served.join(' or ')}`,
  };
}

function unknownKind(apiVersion: string, group: string, kind: string): KindProblem | undefined {
  const elsewhere = kindRules.find((rule) => rule.kind === kind);
  if (elsewhere !== undefined) return otherVersion(apiVersion, kind, elsewhere);
  const near = didYouMean(
    kind,
    kindRules.map((rule) => rule.kind),
  );
  // A newer Kubernetes may have more kinds than this version knows: only what looks like a slip is one.
  if (near === '' && group.includes('.')) return undefined;
  return { field: 'kind', message: `there is no kind \`${kind}\` in \`${apiVersion}\`${near}` };
}
