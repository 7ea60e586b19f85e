import { applySetId, partOfLabel } from '#domain/applyset.ts';
import { canonicalDigest } from '#domain/canonical-json.ts';
import { canonicalChanges, configurationOf, creationOf } from '#domain/change-set.ts';
import { type Confirmations, isNamed } from '#domain/confirmations.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { applicationAnnotation, environmentAnnotation, type IntentOwner, intentOf } from '#domain/intent.ts';
import { familyText } from '#domain/kind-family.ts';
import { addressOf, kindRuleOf, type ObjectAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { judgePrune } from '#domain/prune.ts';
import { type Redactor, redactorFor } from '#domain/redaction.ts';
import { isOf, ownerOf } from '#domain/restoration.ts';
import type { Cluster } from '#ports/cluster.ts';
import { applyYielding, namespaceMissing } from './apply-object.ts';
import { inParallel } from './in-parallel.ts';

/** An object that may be deleted because no release names it any more. */
export interface PruneCandidate {
  readonly address: ObjectAddress;
  /** As recorded when it was put there; absent when only the live object can tell. */
  readonly uid?: string;
}

export interface SurveyRequest {
  readonly cluster: Cluster;
  readonly content: ReleaseContent;
  readonly owner: IntentOwner;
  readonly candidates: readonly PruneCandidate[];
}

/** What applying a release's content would change on its target. */
export interface Survey {
  /** In canonical order. */
  readonly changes: readonly ObjectChange[];
  readonly notes: readonly string[];
  /** Taken over from other applications, as the release confirms (P9). */
  readonly adopted?: readonly ObjectIdentity[];
}

interface Finding {
  readonly change?: ObjectChange;
  readonly adopted?: ObjectIdentity;
  readonly notes: readonly string[];
}

/** Asks the cluster, object by object, what would change: a dry-run apply each, nothing is written (KUBERNETES.md §7). */
export async function surveyChanges({ cluster, content, owner, candidates }: SurveyRequest): Promise<Survey> {
  const redact = redactorFor(canonicalDigest(content.objects), owner.application);
  const intents = intentOf(content.objects, owner);
  for (const intent of intents) kindRuleOf(identityOf(intent));
  const kept = new Set(intents.map((intent) => familyText(identityOf(intent))));
  const others = candidates.filter(({ address }) => !kept.has(familyText(address)));
  const applied = await inParallel(intents, (intent) =>
    surveyIntent(cluster, intent, intents, owner, redact, content.confirm),
  );
  // What is applied under another API is the same object by its uid (P7).
  const uids = new Set(applied.map(({ change }) => change?.uid));
  const leaving = others.filter(({ uid }) => uid === undefined || !uids.has(uid));
  const pruned = await inParallel(leaving, (candidate) =>
    surveyPrune(cluster, candidate, owner, content.confirm),
  );
  const findings = [...applied, ...pruned];
  return {
    changes: canonicalChanges(findings.flatMap(({ change }) => change ?? [])),
    notes: [...new Set(findings.flatMap(({ notes }) => notes))].sort(),
    adopted: findings.flatMap(({ adopted }) => adopted ?? []),
  };
}

async function surveyIntent(
  cluster: Cluster,
  intent: KubernetesObject,
  intents: readonly KubernetesObject[],
  owner: IntentOwner,
  redact: Redactor,
  confirm: Confirmations | undefined,
): Promise<Finding> {
  const subject = identityText(identityOf(intent));
  const adopts = isNamed(confirm?.adopt, identityOf(intent));
  const reading = cluster.read(addressOf(intent)).then((found) => {
    if (found !== undefined && !adopts) requireOwnership(subject, found, owner);
    return found;
  });
  const [live, result] = await Promise.all([
    reading,
    applyYielding(cluster, intent, 'dry-run').catch(async (error: unknown) => {
      // Whose an object is says more than which of its fields conflict.
      await reading;
      throw error;
    }),
  ]);
  if (result.kind === 'namespace-missing') {
    const brought = intents.some(
      ({ kind, metadata }) => kind === 'Namespace' && metadata.name === result.namespace,
    );
    if (!brought) throw namespaceMissing(subject, result.namespace);
    const note = `${subject}: not checked by the cluster, its namespace is created by this release`;
    return { change: creationOf(intent, redact), notes: [note] };
  }
  // What is being deleted will be gone and is created anew (A8).
  const absent = live === undefined || live.metadata.deletionTimestamp !== undefined;
  const change = absent ? creationOf(result.intent, redact) : configurationOf(live, result.object, redact);
  const adoption = absent ? [] : adoptionNotes(subject, live, owner);
  const isTaken = adopts && adoption.length > 0;
  return { change, notes: [...adoption, ...result.notes], ...(isTaken && { adopted: change.identity }) };
}

function adoptionNotes(subject: string, live: LiveObject, owner: IntentOwner): readonly string[] {
  const from = ownerOf(live);
  if (from === undefined) return [`${subject}: adopts the existing ${live.kind}, made outside Tidegate`];
  if (isOf(live, owner)) return [];
  return [
    `${subject}: taken over from application '${from.application}' in environment '${from.environment}', as the release confirms`,
  ];
}

/** An object of another application is not taken over by the way (KUBERNETES.md P9). */
function requireOwnership(
  subject: string,
  live: LiveObject,
  { application, environment, namespace }: IntentOwner,
): void {
  const annotations = live.metadata.annotations ?? {};
  const owner = annotations[applicationAnnotation] ?? application;
  const place = annotations[environmentAnnotation] ?? environment;
  if (owner !== application || place !== environment) {
    throw new PolicyViolationError(
      `${subject}: belongs to application '${owner}' in environment '${place}'; give it another name, remove it from '${owner}' first, or name it under \`confirm.adopt\` in tidegate.yaml`,
      { object: subject, owner, ownerEnvironment: place },
    );
  }
  const set = live.metadata.labels?.[partOfLabel];
  // What says that it is ours may be part of a set that we had elsewhere.
  if (set === undefined || annotations[applicationAnnotation] !== undefined) return;
  if (set === applySetId({ application, namespace })) return;
  throw new PolicyViolationError(
    `${subject}: is part of ApplySet '${set}' of another tool; remove it there, or name it under \`confirm.adopt\` in tidegate.yaml`,
    { object: subject, applySet: set },
  );
}

async function surveyPrune(
  cluster: Cluster,
  { address, uid }: PruneCandidate,
  owner: IntentOwner,
  confirm: Confirmations | undefined,
): Promise<Finding> {
  const live = await cluster.read(address);
  const { apiVersion: _, ...identity } = address;
  const confirmed = isNamed(confirm?.prune, identity);
  const verdict = judgePrune({ identity, confirmed, ...(uid === undefined ? {} : { uid }) }, live, owner);
  if (verdict.kind === 'gone') return { notes: [] };
  if (verdict.kind === 'keep') return { notes: [verdict.note] };
  return {
    change: {
      identity,
      ...(live?.metadata.uid === undefined ? {} : { uid: live.metadata.uid }),
      action: 'pruned',
      fields: [],
      ...(confirmed && { confirmed }),
    },
    notes: confirmed
      ? [`${identityText(identity)}: deleted although it is protected, as the release confirms`]
      : [],
  };
}
