import type { ReleaseContent } from '#domain/content.ts';
import type { ConflictPolicy } from '#domain/field-conflict.ts';
import type { IntentOwner } from '#domain/intent.ts';
import type { ObjectChange } from '#domain/plan.ts';
import {
  changesOutside,
  fieldsText,
  isOf,
  ownerOf,
  residualFields,
  residueLines,
} from '#domain/restoration.ts';
import type { Cluster } from '#ports/cluster.ts';
import { changeAddress } from './change-address.ts';
import type { FailedChanges } from './failed-changes.ts';
import { inParallel } from './in-parallel.ts';
import { surveyChanges } from './survey-changes.ts';

export interface ResidueRequest {
  readonly cluster: Cluster;
  readonly policy: { readonly conflicts: ConflictPolicy };
  /** Absent when the failed promotion had no plan. */
  readonly failed: FailedChanges | undefined;
  /** The last good release's. */
  readonly content: ReleaseContent;
  readonly owner: IntentOwner;
  /** Of the plan that was carried out: what it found unchanged need not be asked about again. */
  readonly earlier?: readonly ObjectChange[];
}

/**
 * What a failed release left behind after its rollback, read from the cluster (DESIGN N5): objects that exist because of
 * it, fields of others' objects that are as it made them, and objects that differ from the last good release.
 */
export async function findResidue(request: ResidueRequest): Promise<readonly string[]> {
  const { cluster, policy, failed, content, owner, earlier = [] } = request;
  const outside = failed === undefined ? [] : changesOutside(failed.plan.changes, content.objects);
  const [left, { changes }] = await Promise.all([
    inParallel(outside, async (change) => ({
      identity: change.identity,
      what: await leftOf(request, change),
    })),
    surveyChanges({ cluster, content, owner, policy, candidates: [], earlier }),
  ]);
  const differing = changes
    .filter(({ action }) => action !== 'unchanged')
    .map(({ identity, action, fields }) => ({
      identity,
      what:
        action === 'created'
          ? `is missing from release ${content.release}`
          : `differs from release ${content.release} in ${fieldsText(fields.map(({ path }) => path))}`,
    }));
  const lines = left.flatMap(({ identity, what }) => (what === undefined ? [] : [{ identity, what }]));
  return residueLines([...lines, ...differing]);
}

async function leftOf(
  { cluster, failed, owner }: ResidueRequest,
  change: ObjectChange,
): Promise<string | undefined> {
  if (failed === undefined || (change.action !== 'created' && change.action !== 'configured'))
    return undefined;
  const live = await cluster.read(changeAddress(change));
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) return undefined;
  if (change.action === 'created')
    return isOf(live, owner) ? `was created by release ${failed.plan.release} and is still there` : undefined;
  const isTaken = ownerOf(live) !== undefined && !isOf(live, owner);
  if (live.metadata.uid !== change.uid || isTaken) return undefined;
  const fields = residualFields(change, live, failed.redact);
  return fields.length === 0
    ? undefined
    : `is still as release ${failed.plan.release} left it in ${fieldsText(fields)}`;
}
