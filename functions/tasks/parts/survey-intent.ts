import type { PlanAdvice } from '#domain/advice.ts';
import { warningAdvice } from '#domain/advice-changes.ts';
import type { ApiRefusal } from '#domain/api-refusal.ts';
import { configurationOf, creationOf, declaredOf, ownChanges } from '#domain/change-set.ts';
import type { Confirmations } from '#domain/confirmations.ts';
import { isNamed } from '#domain/confirmed.ts';
import { ManifestRefusedError } from '#domain/errors.ts';
import { fingerprintOf, isProvablyUnchanged, type KnownObject } from '#domain/fingerprint.ts';
import { immutableCauses } from '#domain/immutable.ts';
import type { IntentOwner } from '#domain/intent.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { afterMigration, migratedManagers } from '#domain/ownership-migration.ts';
import type {
  ApplyDirectives,
  InventoryEntry,
  Migration,
  ObjectChange,
  ReplicasDirective,
} from '#domain/plan.ts';
import type { Redactor } from '#domain/redaction.ts';
import type { DocumentReference } from '#domain/reference.ts';
import { decideReplacement, rehearsalOf } from '#domain/replacement.ts';
import { asHandedOver, decideReplicas, replicasOf, withReplicas } from '#domain/replicas.ts';
import { restartReasons } from '#domain/restarts.ts';
import { isOf, ownerOf } from '#domain/restoration.ts';
import { isScalable } from '#domain/scaling.ts';
import {
  type Applied,
  type ApplyAttempt,
  type Applying,
  applyDecided,
  type NotApplied,
  refusedError,
} from './apply-object.ts';
import { checkUnverified } from './check-unverified.ts';
import type { ClusterLore } from './cluster-lore.ts';
import type { LiveSnapshot } from './live-snapshot.ts';
import { requireOwnership } from './require-ownership.ts';

/** What the survey of every object has in common. */
export interface SurveyContext extends Applying {
  readonly owner: IntentOwner;
  readonly confirm: Confirmations | undefined;
  /** All of the release's. */
  readonly intents: readonly KubernetesObject[];
  readonly snapshot: LiveSnapshot;
  readonly lore: ClusterLore;
  /** By identity's text. */
  readonly known: ReadonlyMap<string, KnownObject>;
  readonly redactValue: Redactor;
  /** Keeps an object as it is before it is taken over from others (A6). Safe to repeat. */
  readonly keepOriginal?: ((object: LiveObject) => Promise<DocumentReference>) | undefined;
}

/** What was found of one object. */
export interface Finding {
  readonly change?: ObjectChange;
  readonly notes: readonly string[];
  readonly advice?: readonly PlanAdvice[];
  readonly retained?: InventoryEntry;
  /** Taken over from another application, as the release confirms (P9). */
  readonly adopted?: ObjectIdentity;
}

/** Finds out what applying one object would change. Throws PolicyViolationError when it is another application's (P9). */
export async function surveyIntent(context: SurveyContext, intent: KubernetesObject): Promise<Finding> {
  const identity = identityOf(intent);
  const subject = identityText(identity);
  const found = context.snapshot(addressOf(intent));
  const adopts = isNamed(context.confirm?.adopt, identity);
  if (found !== undefined && !adopts) requireOwnership(subject, found, context.owner);
  const known = context.known.get(subject);
  if (found !== undefined && isProvablyUnchanged(intent, found, known)) {
    const { apiVersion } = found;
    return { change: { identity, apiVersion, action: 'unchanged', fields: [], ...known }, notes: [] };
  }
  // What is being deleted will be gone and is created anew (A8).
  const live = found?.metadata.deletionTimestamp === undefined ? found : undefined;
  const { scaler, notes: scalerNotes } =
    isScalable(identity) || replicasOf(intent) !== undefined
      ? await context.lore.scalerOf(identity)
      : { notes: [] };
  const { directive, notes: replicaNotes } = decideReplicas(intent, live, scaler);
  const asked = asHandedOver(withReplicas(intent, directive), directive);
  const attempt = await applyDecided(context, asked, 'dry-run');
  const notes = [...scalerNotes, ...replicaNotes];
  const finding = await findingOf(context, { intent, asked, live, directive }, attempt);
  const isTaken = adopts && live !== undefined && !isOf(live, context.owner);
  return { ...finding, notes: [...notes, ...finding.notes], ...(isTaken && { adopted: identity }) };
}

interface Asked {
  /** Of the release, as it is. */
  readonly intent: KubernetesObject;
  /** As the cluster was asked about it. */
  readonly asked: KubernetesObject;
  readonly live: LiveObject | undefined;
  readonly directive: ReplicasDirective | undefined;
}

async function findingOf(context: SurveyContext, asked: Asked, attempt: ApplyAttempt): Promise<Finding> {
  if (attempt.kind === 'applied') return foundOf(context, asked, attempt);
  if (attempt.kind === 'invalid') return surveyRefused(context, asked, attempt.refusal);
  return unverified(context, asked, attempt);
}

async function foundOf(context: SurveyContext, asked: Asked, attempt: Applied): Promise<Finding> {
  const finding = await differenceOf(context, asked, attempt);
  return { ...finding, advice: warningAdvice(identityOf(asked.intent), attempt.warnings) };
}

async function differenceOf(
  context: SurveyContext,
  { intent, live, directive }: Asked,
  attempt: Applied,
): Promise<Finding> {
  const subject = identityText(identityOf(intent));
  const { yields, takeovers, notes } = attempt;
  const replicas = directive === undefined ? {} : { replicas: directive };
  const left = yields.length === 0 ? {} : { yields };
  if (live === undefined) {
    const change = creationOf(attempt.intent, context.redactValue);
    return { change: directed(change, { ...left, ...replicas }), notes };
  }
  const migrates = context.conflicts === 'takeover' ? migratedManagers(live) : [];
  const result = migrates.length === 0 ? attempt.object : afterMigration(attempt.object);
  const change = ownChanges(configurationOf(live, result, context.redactValue), live, attempt.object);
  const adopted = adoptionNotes(subject, live, context.owner);
  if (change.action === 'unchanged')
    return { change: { ...change, fingerprint: fingerprintOf(intent, live) }, notes: [...adopted, ...notes] };
  const restarts = restartReasons(intent, change.fields);
  const directives: ApplyDirectives = {
    ...left,
    ...(takeovers.length === 0 ? {} : { takeovers }),
    ...replicas,
    ...(migrates.length === 0 ? {} : { migration: await migrationOf(context, live, migrates) }),
  };
  const migrated =
    migrates.length === 0
      ? []
      : [
          `${subject}: what ${migrates.join(', ')} declared is taken over; what this release does not declare of it goes`,
        ];
  return {
    change: { ...directed(change, directives), ...(restarts.length === 0 ? {} : { restarts }) },
    notes: [...adopted, ...notes, ...migrated],
  };
}

async function migrationOf(
  { keepOriginal }: SurveyContext,
  live: LiveObject,
  managers: readonly string[],
): Promise<Migration> {
  const original = await keepOriginal?.(live);
  return { managers, ...(original && { original }) };
}

function directed(change: ObjectChange, apply: ApplyDirectives): ObjectChange {
  return Object.keys(apply).length === 0 ? change : { ...change, apply };
}

/** What an object would become that the cluster cannot be asked about (KUBERNETES.md D2). */
async function unverified(
  { cluster, intents, redactValue }: SurveyContext,
  { asked, live, directive }: Asked,
  attempt: NotApplied,
): Promise<Finding> {
  const advice = [await checkUnverified(cluster, asked, intents, attempt)];
  const change = live === undefined ? creationOf(asked, redactValue) : declaredOf(live, asked, redactValue);
  return {
    change: directed(change, directive === undefined ? {} : { replicas: directive }),
    notes: [],
    advice,
  };
}

/** A refusal is an error, unless it says that a field can't be changed and the rules let the object be replaced (§5). */
async function surveyRefused(
  context: SurveyContext,
  { intent, asked, live, directive }: Asked,
  refusal: ApiRefusal,
): Promise<Finding> {
  const identity = identityOf(intent);
  if (live === undefined) throw refusedError(context, intent, refusal);
  const plain = immutableCauses(identity.kind, refusal);
  const causes =
    plain.length > 0
      ? plain
      : immutableCauses(identity.kind, refusal, await context.lore.transitionsOf(identity));
  if (causes.length === 0) throw refusedError(context, intent, refusal);
  const isOwn = ownerOf(live) !== undefined;
  const decision = decideReplacement({ identity, intent, live, isOwn, causes });
  if (decision.kind === 'refuse') {
    throw new ManifestRefusedError(context.redact(decision.reason), {
      object: identityText(identity),
      fields: causes.map(({ field }) => field),
    });
  }
  await rehearse(context, asked);
  const change = declaredOf(live, asked, context.redactValue);
  const replicas = directive === undefined ? {} : { replicas: directive };
  return {
    change: directed(change, { ...replicas, replacement: decision.replacement }),
    notes: [],
  };
}

/** Found out before anything is deleted: whether the cluster takes the new object at all. */
async function rehearse(context: SurveyContext, asked: KubernetesObject): Promise<void> {
  const attempt = await applyDecided(context, rehearsalOf(asked), 'dry-run');
  if (attempt.kind !== 'invalid') return;
  const beginning = 'would be deleted and created anew, and is refused anew';
  throw refusedError(context, asked, attempt.refusal, beginning);
}

function adoptionNotes(subject: string, live: LiveObject, owner: IntentOwner): readonly string[] {
  const from = ownerOf(live);
  if (from === undefined) return [`${subject}: adopts the existing ${live.kind}, made outside Tidegate`];
  if (isOf(live, owner)) return [];
  return [
    `${subject}: taken over from application '${from.application}' in environment '${from.environment}', as the release confirms`,
  ];
}
