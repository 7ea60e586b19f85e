import { configurationOf } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { ClusterUnavailableError, ManifestRefusedError } from '#domain/errors.ts';
import type { ObjectOwner } from '#domain/intent.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { appliedFields } from '#domain/managed-fields.ts';
import { identityText, type KubernetesObject } from '#domain/manifest.ts';
import { givenBackEntries, originalIntent } from '#domain/ownership-migration.ts';
import type { ObjectChange } from '#domain/plan.ts';
import type { DocumentReference } from '#domain/reference.ts';
import { changesOutside, isOf, nothingOf, ownerOf, takenTooMuch } from '#domain/restoration.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import { changeAddress } from './change-address.ts';
import type { FailedChanges } from './failed-changes.ts';
import { inParallel } from './in-parallel.ts';
import type { Survey } from './survey-changes.ts';

type Restores = Pick<Survey, 'changes' | 'notes'>;

export interface RestoreRequest {
  readonly cluster: Cluster;
  readonly documents: DocumentStore;
  readonly failed: FailedChanges;
  /** The last good release's. */
  readonly content: ReleaseContent;
  readonly owner: ObjectOwner;
}

/**
 * What taking back a failed release's changes would do to objects that were there before it and that the last good
 * release does not hold: an apply of nothing takes away what we put there, and what was taken over from others is put
 * back from how it was kept. Where that would take more, or the cluster refuses it, the object is left as it is, and
 * VerifyRollout reports it.
 */
export async function surveyRestores(request: RestoreRequest): Promise<Restores> {
  const adopted = changesOutside(request.failed.plan.changes, request.content.objects).filter(
    ({ action }) => action === 'configured',
  );
  const found = await inParallel(adopted, (change) => surveyRestore(request, change));
  return { changes: found.flatMap(({ changes }) => changes), notes: found.flatMap(({ notes }) => notes) };
}

async function surveyRestore(
  { cluster, documents, failed, owner }: RestoreRequest,
  change: ObjectChange,
): Promise<Restores> {
  const live = await liveOf(cluster, change);
  if (live === undefined || !isOf(live, owner)) return { changes: [], notes: [] };
  const left = (reason: string): Restores => ({
    changes: [],
    notes: [`${identityText(change.identity)}: not put back as it was, ${reason}`],
  });
  const original = change.apply?.migration?.original;
  const intent = await intentBefore(documents, live, original);
  const restored = await dryRun(cluster, intent);
  if (restored === undefined) return left('the cluster refuses it without what this application put there');
  const more = takenTooMuch(change, live, restored);
  if (more.length > 0) return left(`that would also take ${more.join(', ')}`);
  const restore = configurationOf(live, restored, failed.redact);
  if (restore.action === 'unchanged') return { changes: [], notes: [] };
  return { changes: [original ? { ...restore, apply: { restores: original } } : restore], notes: [] };
}

async function intentBefore(
  documents: DocumentStore,
  live: LiveObject,
  original: DocumentReference | undefined,
): Promise<KubernetesObject> {
  if (original === undefined) return nothingOf(live);
  return originalIntent(await documents.get<LiveObject>(original), live.metadata.uid ?? '');
}

async function dryRun(cluster: Cluster, intent: KubernetesObject): Promise<LiveObject | undefined> {
  try {
    const result = await cluster.apply(intent, 'dry-run');
    return result.kind === 'applied' ? result.object : undefined;
  } catch (error) {
    if (error instanceof ManifestRefusedError) return undefined;
    throw error;
  }
}

/** Takes back what a failed release put on an object that was there before it. Safe to repeat. */
export async function restoreObject(
  cluster: Cluster,
  documents: DocumentStore,
  change: ObjectChange,
  owner: ObjectOwner,
): Promise<void> {
  const live = await liveOf(cluster, change);
  if (live === undefined) return;
  const original = change.apply?.restores;
  if (isOf(live, owner)) await cluster.apply(await intentBefore(documents, live, original), 'write');
  // A run that died between the two left an object that says nothing of us and is ours by its fields.
  else if (ownerOf(live) !== undefined) return;
  if (original !== undefined) await giveBack(cluster, change, await documents.get<LiveObject>(original));
}

const lockAttempts = 5;

/** Makes the fields that were taken over from others theirs again. */
async function giveBack(cluster: Cluster, change: ObjectChange, original: LiveObject): Promise<void> {
  for (let attempt = 1; attempt <= lockAttempts; attempt += 1) {
    const live = await liveOf(cluster, change);
    if (live === undefined || appliedFields(live) === undefined) return;
    const entries = givenBackEntries(live, original);
    const { resourceVersion = '' } = live.metadata;
    if (await cluster.replaceOwnership(changeAddress(change), entries, resourceVersion)) return;
  }
  throw new ClusterUnavailableError(
    `${identityText(change.identity)}: changed ${lockAttempts} times while its ownership was given back`,
  );
}

// All applications write under one manager: what another took over meanwhile would lose its fields too, so that every
// caller asks whose the object is.
async function liveOf(cluster: Cluster, change: ObjectChange): Promise<LiveObject | undefined> {
  const live = await cluster.read(changeAddress(change));
  const isSame = live?.metadata.uid === change.uid && live?.metadata.deletionTimestamp === undefined;
  return isSame ? live : undefined;
}
