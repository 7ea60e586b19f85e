import { canonicalAdvice, type PlanAdvice } from '#domain/advice.ts';
import { changeAdvice } from '#domain/advice-changes.ts';
import { isScoped, quotaAdvice } from '#domain/advice-quota.ts';
import { keysOf, missingReferences, outsideReferences, type Standing } from '#domain/advice-references.ts';
import { changedObjects } from '#domain/change-set.ts';
import { findEndingApi } from '#domain/ending-apis.ts';
import { ConfigurationError } from '#domain/errors.ts';
import { addressOf, servedAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { Cluster } from '#ports/cluster.ts';
import { inParallel } from './in-parallel.ts';
import { snapshotOf } from './live-snapshot.ts';
import type { Survey } from './survey-changes.ts';

type NotChecked = Extract<PlanAdvice, { readonly kind: 'not-checked' }>;

interface Read<Value> {
  readonly value: Value;
  readonly notChecked: readonly NotChecked[];
}

/**
 * What the plan tells beside its changes (KUBERNETES.md D6): from what the survey has read already, and a few requests
 * more. What the role may not read is said to be not checked. Nothing is written, and no value of a Secret is kept.
 */
export async function adviseOn(
  cluster: Cluster,
  survey: Survey,
  kept: readonly ObjectIdentity[],
): Promise<readonly PlanAdvice[]> {
  const { changes, intents } = survey;
  // Nobody decides on a plan that changes nothing: it costs no more than its survey.
  if (changedObjects(changes) === 0) return canonicalAdvice(survey.advice);
  const live = liveIn(survey);
  const [standing, quotas, limitRanges, version] = await Promise.all([
    readStanding(cluster, outsideReferences(intents)),
    readAll(cluster, 'ResourceQuota', quotaNamespaces(survey)),
    readAll(cluster, 'LimitRange', quotaNamespaces(survey)),
    intents.some((intent) => findEndingApi(intent) !== undefined) ? cluster.version() : undefined,
  ]);
  return canonicalAdvice([
    ...survey.advice,
    ...changeAdvice({ intents, changes, kept, ...(version === undefined ? {} : { version }) }),
    ...missingReferences({ intents, changes, live, standing: standing.value }),
    ...quotaAdvice({ intents, changes, live, quotas: quotas.value, limitRanges: limitRanges.value }),
    ...[...standing.notChecked, ...quotas.notChecked],
    ...(quotas.value.length > 0 ? limitRanges.notChecked : []),
    ...quotas.value.filter(isScoped).map(scopedQuota),
  ]);
}

/** The release's own objects as they stand. */
function liveIn({ intents, live }: Survey): (identity: ObjectIdentity) => LiveObject | undefined {
  const byText = new Map(intents.map((intent) => [identityText(identityOf(intent)), intent]));
  return (identity) => {
    const intent = byText.get(identityText(identity));
    return intent && live(addressOf(intent));
  };
}

/** Namespaces in which something is created or started. */
function quotaNamespaces({ changes }: Survey): readonly string[] {
  const growing = changes.filter(({ action }) => action === 'created' || action === 'configured');
  return [...new Set(growing.flatMap(({ identity }) => identity.namespace ?? []))].sort();
}

/** Reads what is named: one list or a few reads for each kind in each namespace; Secrets are never listed. */
async function readStanding(
  cluster: Cluster,
  references: readonly ObjectIdentity[],
): Promise<Read<ReadonlyMap<string, Standing>>> {
  const groups = Map.groupBy(
    references,
    ({ group, kind, namespace }) => `${group} ${kind} ${namespace ?? ''}`,
  );
  const value = new Map<string, Standing>();
  const notChecked: NotChecked[] = [];
  await inParallel([...groups.values()], async (group) => {
    const snapshot = await unlessForbidden(() =>
      snapshotOf(
        cluster,
        group.map((each) => servedAddress(each)),
      ),
    );
    for (const identity of group) {
      const found = snapshot?.(servedAddress(identity));
      value.set(
        identityText(identity),
        snapshot === undefined ? 'not-checked' : found ? keysOf(found) : 'absent',
      );
    }
    if (snapshot === undefined) notChecked.push(forbidden('references', group));
  });
  return { value, notChecked };
}

async function readAll(
  cluster: Cluster,
  kind: string,
  namespaces: readonly string[],
): Promise<Read<readonly LiveObject[]>> {
  const found = await inParallel(namespaces, async (namespace) => {
    const listed = await unlessForbidden(() =>
      cluster.list({ apiVersion: 'v1', kind, namespace }).then((all) => all ?? []),
    );
    const notChecked = forbidden('quota', [{ group: '', kind, namespace, name: '' }]);
    return listed === undefined ? { value: [], notChecked: [notChecked] } : { value: listed, notChecked: [] };
  });
  return {
    value: found.flatMap(({ value }) => value),
    notChecked: found.flatMap(({ notChecked }) => notChecked),
  };
}

/** Advice is an extra: a role of an earlier version is no reason to stop a plan. */
async function unlessForbidden<Value>(reading: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

function forbidden(check: NotChecked['check'], asked: readonly ObjectIdentity[]): NotChecked {
  const names = asked.map(({ name }) => name).filter((name) => name !== '');
  const { name: _, ...place } = asked[0] as ObjectIdentity;
  return { kind: 'not-checked', check, objects: { ...place, names: names.sort() }, reason: 'not-permitted' };
}

function scopedQuota(quota: KubernetesObject): NotChecked {
  const { name, ...place } = identityOf(quota);
  return {
    kind: 'not-checked',
    check: 'quota',
    objects: { ...place, names: [name] },
    reason: 'scoped-quota',
  };
}
