import { configurationOf } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { ManifestRefusedError } from '#domain/errors.ts';
import type { ObjectOwner } from '#domain/intent.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityText } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import type { Redactor } from '#domain/redaction.ts';
import { changesOutside, isOf, nothingOf, takenTooMuch } from '#domain/restoration.ts';
import type { Cluster } from '#ports/cluster.ts';
import { changeAddress } from './change-address.ts';
import type { FailedChanges } from './failed-changes.ts';
import { inParallel } from './in-parallel.ts';
import type { Survey } from './survey-changes.ts';

export interface RestoreRequest {
  readonly cluster: Cluster;
  readonly failed: FailedChanges;
  /** The last good release's. */
  readonly content: ReleaseContent;
  readonly owner: ObjectOwner;
}

/**
 * What taking back a failed release's changes would do to objects that were there before it and that the last good
 * release does not hold: an apply of nothing takes away what we put there. Where that would take more, or the cluster
 * refuses it, the object is left as it is, and VerifyRollout reports it.
 */
export async function surveyRestores({ cluster, failed, content, owner }: RestoreRequest): Promise<Survey> {
  const adopted = changesOutside(failed.plan.changes, content.objects).filter(
    ({ action }) => action === 'configured',
  );
  const found = await inParallel(adopted, (change) => surveyRestore(cluster, change, owner, failed.redact));
  return { changes: found.flatMap(({ changes }) => changes), notes: found.flatMap(({ notes }) => notes) };
}

async function surveyRestore(
  cluster: Cluster,
  change: ObjectChange,
  owner: ObjectOwner,
  redact: Redactor,
): Promise<Survey> {
  const live = await restorable(cluster, change, owner);
  if (live === undefined) return { changes: [], notes: [] };
  const left = (reason: string): Survey => ({
    changes: [],
    notes: [`${identityText(change.identity)}: not put back as it was, ${reason}`],
  });
  const restored = await withoutOurs(cluster, live);
  if (restored === undefined) return left('the cluster refuses it without what this application put there');
  const more = takenTooMuch(change, live, restored);
  if (more.length > 0) return left(`that would also take ${more.join(', ')}`);
  const restore = configurationOf(live, restored, redact);
  return { changes: restore.action === 'unchanged' ? [] : [restore], notes: [] };
}

async function withoutOurs(cluster: Cluster, live: LiveObject): Promise<LiveObject | undefined> {
  try {
    const result = await cluster.apply(nothingOf(live), 'dry-run');
    return result.kind === 'applied' ? result.object : undefined;
  } catch (error) {
    if (error instanceof ManifestRefusedError) return undefined;
    throw error;
  }
}

/** Takes back what a failed release put on an object that was there before it. Safe to repeat. */
export async function restoreObject(
  cluster: Cluster,
  change: ObjectChange,
  owner: ObjectOwner,
): Promise<void> {
  const live = await restorable(cluster, change, owner);
  if (live !== undefined) await cluster.apply(nothingOf(live), 'write');
}

// All applications write under one manager: what another took over meanwhile would lose its fields too.
async function restorable(
  cluster: Cluster,
  change: ObjectChange,
  owner: ObjectOwner,
): Promise<LiveObject | undefined> {
  const live = await cluster.read(changeAddress(change));
  const isSame = live?.metadata.uid === change.uid && live?.metadata.deletionTimestamp === undefined;
  return live !== undefined && isSame && isOf(live, owner) ? live : undefined;
}
