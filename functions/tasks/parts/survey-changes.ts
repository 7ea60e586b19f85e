import { canonicalDigest } from '#domain/canonical-json.ts';
import { canonicalChanges, configurationOf, creationOf, declaredOf } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { applicationAnnotation, environmentAnnotation, type IntentOwner, intentOf } from '#domain/intent.ts';
import { addressOf, type ObjectAddress, servedAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { judgePrune } from '#domain/prune.ts';
import { type Redactor, redactorFor } from '#domain/redaction.ts';
import { ownerOf } from '#domain/restoration.ts';
import type { Cluster } from '#ports/cluster.ts';
import { applyYielding } from './apply-object.ts';
import { checkUnverified } from './check-unverified.ts';
import { inParallel } from './in-parallel.ts';
import { requireScopes } from './require-scopes.ts';

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
}

interface Finding {
  readonly change?: ObjectChange;
  readonly notes: readonly string[];
}

/** Asks the cluster, object by object, what would change: a dry-run apply each, nothing is written (KUBERNETES.md §7). */
export async function surveyChanges({ cluster, content, owner, candidates }: SurveyRequest): Promise<Survey> {
  const redact = redactorFor(canonicalDigest(content.objects), owner.application);
  const intents = intentOf(content.objects, owner);
  await requireScopes(cluster, intents);
  const kept = new Set(intents.map((intent) => identityText(identityOf(intent))));
  const leaving = candidates.filter(({ address }) => !kept.has(identityText(address)));
  const applied = await inParallel(intents, (intent) =>
    surveyIntent(cluster, intent, intents, owner, redact),
  );
  const pruned = await inParallel(leaving, (candidate) => surveyPrune(cluster, candidate, owner));
  const findings = [...applied, ...pruned];
  return {
    changes: canonicalChanges(findings.flatMap(({ change }) => change ?? [])),
    notes: [...new Set(findings.flatMap(({ notes }) => notes))].sort(),
  };
}

async function surveyIntent(
  cluster: Cluster,
  intent: KubernetesObject,
  intents: readonly KubernetesObject[],
  owner: IntentOwner,
  redact: Redactor,
): Promise<Finding> {
  const subject = identityText(identityOf(intent));
  const reading = cluster.read(addressOf(intent)).then((found) => {
    if (found !== undefined) requireOwnership(subject, found, owner);
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
  if (result.kind !== 'applied') {
    const note = await checkUnverified(cluster, intent, intents, result);
    const change = live === undefined ? creationOf(intent, redact) : declaredOf(live, intent, redact);
    return { change, notes: [note] };
  }
  // What is being deleted will be gone and is created anew (A8).
  const absent = live === undefined || live.metadata.deletionTimestamp !== undefined;
  const change = absent ? creationOf(result.intent, redact) : configurationOf(live, result.object, redact);
  const adopted =
    absent || ownerOf(live) !== undefined
      ? []
      : [`${subject}: adopts the existing ${intent.kind}, made outside Tidegate`];
  return { change, notes: [...adopted, ...result.notes] };
}

/** An object of another application is not taken over by the way (KUBERNETES.md P9). */
function requireOwnership(
  subject: string,
  live: LiveObject,
  { application, environment }: IntentOwner,
): void {
  const annotations = live.metadata.annotations ?? {};
  const owner = annotations[applicationAnnotation] ?? application;
  const place = annotations[environmentAnnotation] ?? environment;
  if (owner === application && place === environment) return;
  throw new PolicyViolationError(
    `${subject}: belongs to application '${owner}' in environment '${place}'; give it another name, or remove it from '${owner}' first`,
    { object: subject, owner, ownerEnvironment: place },
  );
}

async function surveyPrune(
  cluster: Cluster,
  { address, uid }: PruneCandidate,
  owner: IntentOwner,
): Promise<Finding> {
  const live = await cluster.read(servedAddress(address, address.apiVersion));
  const verdict = judgePrune(address, uid, live, owner);
  if (verdict.kind === 'gone') return { notes: [] };
  if (verdict.kind === 'keep') return { notes: [verdict.note] };
  const { apiVersion, ...identity } = address;
  return {
    change: {
      identity,
      apiVersion,
      ...(live?.metadata.uid === undefined ? {} : { uid: live.metadata.uid }),
      action: 'pruned',
      fields: [],
    },
    notes: [],
  };
}
