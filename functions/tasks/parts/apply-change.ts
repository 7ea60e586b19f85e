import { ClusterUnavailableError } from '#domain/errors.ts';
import { withoutPath } from '#domain/field-path.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { handoverManager } from '#domain/managed-fields.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { migratedEntries } from '#domain/ownership-migration.ts';
import type { ApplyDirectives, ObjectChange } from '#domain/plan.ts';
import { handoverOf, replicasOf, withReplicas } from '#domain/replicas.ts';
import type { Clock } from '#ports/clock.ts';
import { type Applying, applyDecided, namespaceMissing, refusedError } from './apply-object.ts';
import { removeReplaced, waitUntilGone } from './replace-object.ts';

/** What carrying out a planned change needs beside the cluster. */
export interface CarryingOut extends Applying {
  readonly clock: Clock;
  /** Keeps an object before it is deleted to be created anew (KUBERNETES.md I3). Safe to repeat. */
  saveReplaced(object: LiveObject): Promise<void>;
}

/**
 * Carries out what was planned for one object; an unchanged one is left alone. Safe to repeat from the start: a
 * replacement that a crash cut in two is finished by the next call.
 */
export async function applyChange(
  carrying: CarryingOut,
  object: KubernetesObject,
  change: ObjectChange | undefined,
): Promise<void> {
  if (change?.action === 'unchanged') return;
  const directives = change?.apply ?? {};
  const { replicas, replacement, migration } = directives;
  if (change !== undefined && replacement !== undefined)
    await removeReplaced(carrying, object, change, replacement);
  if (migration !== undefined) await migrateOwnership(carrying, object);
  if (replicas?.kind === 'left' && replicas.handover === 'begin') await beginHandover(carrying, object);
  await applyForGood(carrying, directed(object, directives));
  const isOver = replicas?.kind === 'declared' || (replicas?.kind === 'left' && replicas.handover === 'end');
  if (isOver)
    await carrying.cluster.apply(handoverOf(object, undefined), 'write', { manager: handoverManager });
}

function directed(object: KubernetesObject, directives: ApplyDirectives): KubernetesObject {
  const { yields = [], replicas, replacement } = directives;
  const left = yields.reduce((rest, { field }) => withoutPath(rest, field) ?? rest, object);
  // Created anew without replicas it would come up with one, and its other pods would be stopped.
  const isKept = replacement !== undefined && replicas?.kind === 'left';
  return withReplicas(left, isKept ? { kind: 'initial', replicas: replicas.replicas } : replicas);
}

/**
 * Applies an object for good. An object that is just being deleted takes the apply and is gone a moment later: its end is
 * waited for and it is created anew (KUBERNETES.md A8).
 */
async function applyForGood(carrying: CarryingOut, object: KubernetesObject): Promise<void> {
  const subject = identityText(identityOf(object));
  const deadline = carrying.clock.now() + vanishMilliseconds;
  for (;;) {
    const result = await applyDecided(carrying, object, 'write');
    if (result.kind === 'namespace-missing') throw namespaceMissing(subject, result.namespace);
    if (result.kind === 'invalid') throw refusedError(carrying, object, result.refusal);
    if (result.kind !== 'applied') {
      // One of several API servers may learn of a definition later than the others (KUBERNETES.md §3, wave 1).
      if (carrying.clock.now() >= deadline) throw kindNotServedYet(subject, object);
      await carrying.clock.sleep(pollMilliseconds);
      continue;
    }
    if (result.object.metadata.deletionTimestamp === undefined) return;
    await waitUntilGone(carrying, object, result.object.metadata.uid, deadline);
  }
}

function kindNotServedYet(subject: string, { apiVersion, kind }: KubernetesObject): ClusterUnavailableError {
  return new ClusterUnavailableError(
    `${subject}: the cluster serves no kind '${kind}' of '${apiVersion}' yet; its definition was applied`,
    { apiVersion, kind },
  );
}

const vanishMilliseconds = 30_000;
const pollMilliseconds = 250;
const lockAttempts = 5;

/** Makes legacy managers' fields ours, once; the resource version is the lock (A6). */
async function migrateOwnership({ cluster }: CarryingOut, object: KubernetesObject): Promise<void> {
  const address = addressOf(object);
  for (let attempt = 1; attempt <= lockAttempts; attempt += 1) {
    const live = await cluster.read(address);
    const entries = live && migratedEntries(live);
    if (entries === undefined) return;
    if (await cluster.replaceOwnership(address, entries, live?.metadata.resourceVersion ?? '')) return;
  }
  throw new ClusterUnavailableError(
    `${identityText(identityOf(object))}: changed ${lockAttempts} times while its ownership was migrated`,
  );
}

/** Holds the replicas as they stand, so that our own apply can let go of them (A4). */
async function beginHandover({ cluster }: CarryingOut, object: KubernetesObject): Promise<void> {
  const live = await cluster.read(addressOf(object));
  const replicas = live && replicasOf(live);
  if (live === undefined || replicas === undefined) return;
  const held = handoverOf(object, replicas);
  // The uid keeps it from making an object of nothing but replicas.
  const bound = { ...held, metadata: { ...held.metadata, uid: live.metadata.uid } };
  // A conflict says that a scaler was faster: then it holds them.
  await cluster.apply(bound, 'write', { manager: handoverManager });
}
