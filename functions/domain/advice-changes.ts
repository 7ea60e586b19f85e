import type { PlanAdvice } from '#domain/advice.ts';
import { findEndingApi, isEnding } from '#domain/ending-apis.ts';
import { imagesOf } from '#domain/image-pinning.ts';
import { parseImage } from '#domain/image-reference.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { compareIdentities } from '#domain/order.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { reloadAdvice } from '#domain/restarts.ts';

/** What the changes and the release's own objects tell, without asking anybody. */
export interface ChangeFacts {
  readonly intents: readonly KubernetesObject[];
  readonly changes: readonly ObjectChange[];
  /** Objects that no release names any more and that stay. */
  readonly kept: readonly ObjectIdentity[];
  /** The cluster's release, `1.36`; absent where it was not asked for. */
  readonly version?: string;
}

type Changed = readonly (readonly [KubernetesObject, ObjectChange])[];

/** Restarts, reloads, replacements, prunes, ending APIs, revision histories and images that may move (KUBERNETES.md D6, C4, R4). */
export function changeAdvice(facts: ChangeFacts): readonly PlanAdvice[] {
  const { intents, changes, version } = facts;
  const byText = new Map(changes.map((change) => [identityText(change.identity), change]));
  const changed: Changed = intents.flatMap((intent) => {
    const change = byText.get(identityText(identityOf(intent)));
    return change === undefined ? [] : [[intent, change] as const];
  });
  return [
    ...changed.flatMap(([intent, change]) => [...restarts(intent, change), ...replaces(change)]),
    ...reloadAdvice(changes, intents),
    ...prunes(facts),
    ...intents.flatMap((intent) => [...endingApi(intent, version), ...history(intent), ...unpinned(intent)]),
  ];
}

function restarts(
  { spec }: KubernetesObject,
  { identity, restarts, apply }: ObjectChange,
): readonly PlanAdvice[] {
  if (restarts === undefined || restarts.length === 0 || apply?.replacement !== undefined) return [];
  const { paused, updateStrategy } = (spec ?? {}) as {
    readonly paused?: boolean;
    readonly updateStrategy?: { readonly type?: string };
  };
  const when = paused === true || updateStrategy?.type === 'OnDelete' ? 'by-hand' : 'at-once';
  return [{ kind: 'restarts', identity, reasons: restarts, when }];
}

function replaces({ identity, apply }: ObjectChange): readonly PlanAdvice[] {
  return apply?.replacement === undefined ? [] : [{ kind: 'replaces', identity, ...apply.replacement }];
}

function prunes({ changes, kept }: ChangeFacts): readonly PlanAdvice[] {
  const objects = changes.filter(({ action }) => action === 'pruned').length;
  if (objects + kept.length === 0) return [];
  return [{ kind: 'prunes', objects, kept: kept.toSorted(compareIdentities) }];
}

function endingApi(intent: KubernetesObject, cluster: string | undefined): readonly PlanAdvice[] {
  const ending = findEndingApi(intent);
  if (ending === undefined || cluster === undefined || !isEnding(ending.removedIn, cluster)) return [];
  return [
    { kind: 'api-removed', identity: identityOf(intent), apiVersion: intent.apiVersion, cluster, ...ending },
  ];
}

/** Without a revision to go back to, a rollback starts all pods anew (R4). */
function history(intent: KubernetesObject): readonly PlanAdvice[] {
  const { revisionHistoryLimit } = (intent.spec ?? {}) as { readonly revisionHistoryLimit?: unknown };
  const isManaged =
    intent.apiVersion === 'apps/v1' && /^(Deployment|StatefulSet|DaemonSet)$/.test(intent.kind);
  return isManaged && revisionHistoryLimit === 0
    ? [{ kind: 'revision-history', identity: identityOf(intent) }]
    : [];
}

function unpinned(intent: KubernetesObject): readonly PlanAdvice[] {
  const loose = imagesOf(intent).filter(({ image }) => parseImage(image)?.digest === undefined);
  const images = [...new Set(loose.map(({ image }) => image))].sort();
  return images.length === 0 ? [] : [{ kind: 'unpinned-image', identity: identityOf(intent), images }];
}

const podSecurity = /^would violate PodSecurity "([^"]+)": (.*)$/s;
const deprecation = /^(\S+) \S+ is deprecated in v[\d.]+\+, unavailable in v([\d.]+)\+(?:; use (\S+) \S+)?$/;

/** What the cluster warned of when an object was tried (KUBERNETES.md CL5), as what it is about where that is known. */
export function warningAdvice(identity: ObjectIdentity, warnings: readonly string[]): readonly PlanAdvice[] {
  return warnings.map((text): PlanAdvice => {
    const [, level, violations] = podSecurity.exec(text) ?? [];
    if (level !== undefined && violations !== undefined)
      return { kind: 'pod-security', identity, level, violations };
    const [, apiVersion, removedIn, instead] = deprecation.exec(text) ?? [];
    if (apiVersion !== undefined && removedIn !== undefined)
      return { kind: 'api-removed', identity, apiVersion, removedIn, ...(instead && { instead }) };
    return { kind: 'warning', identity, text };
  });
}
