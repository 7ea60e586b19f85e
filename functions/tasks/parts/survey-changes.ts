import type { PlanAdvice } from '#domain/advice.ts';
import { canonicalChanges } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import type { ConflictPolicy } from '#domain/field-conflict.ts';
import type { KnownObject } from '#domain/fingerprint.ts';
import { type IntentOwner, intentOf } from '#domain/intent.ts';
import { familyText } from '#domain/kind-family.ts';
import { addressOf, servedAddress } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { InventoryEntry, ObjectChange } from '#domain/plan.ts';
import { contentRedactor, textRedactor } from '#domain/redaction.ts';
import type { Cluster } from '#ports/cluster.ts';
import { createClusterLore } from './cluster-lore.ts';
import { inParallel } from './in-parallel.ts';
import { type LiveSnapshot, snapshotOf } from './live-snapshot.ts';
import type { PruneCandidate } from './prune-candidate.ts';
import { requireScopes } from './require-scopes.ts';
import { type SurveyContext, surveyIntent } from './survey-intent.ts';
import { surveyPrune } from './survey-prune.ts';

export interface SurveyRequest {
  readonly cluster: Cluster;
  readonly content: ReleaseContent;
  readonly owner: IntentOwner;
  readonly policy: { readonly conflicts: ConflictPolicy };
  readonly candidates: readonly PruneCandidate[];
  /** An earlier survey's findings: what it found unchanged need not be asked about again while it stays as it was. */
  readonly earlier?: readonly ObjectChange[];
  readonly keepOriginal?: SurveyContext['keepOriginal'];
}

/** What applying a release's content would change on its target. */
export interface Survey {
  /** In canonical order. */
  readonly changes: readonly ObjectChange[];
  readonly notes: readonly string[];
  /** What the cluster said of single objects. */
  readonly advice: readonly PlanAdvice[];
  /** What would be applied. */
  readonly intents: readonly KubernetesObject[];
  /** The objects of the release and those that it leaves behind, as they were found. */
  readonly live: LiveSnapshot;
  /** Objects of earlier releases that something still refers to. */
  readonly retained?: readonly InventoryEntry[];
  /** Taken over from other applications, as the release confirms (P9). */
  readonly adopted?: readonly ObjectIdentity[];
}

/**
 * Finds out what would change; nothing is written (KUBERNETES.md §7). Live objects are read by lists, and a dry-run apply
 * is asked for each that is not proved to be as it was when one last changed nothing.
 */
export async function surveyChanges(request: SurveyRequest): Promise<Survey> {
  const { cluster, content, owner, policy, candidates } = request;
  const intents = intentOf(content.objects, owner);
  await requireScopes(cluster, intents);
  const kept = new Set(intents.map((intent) => familyText(identityOf(intent))));
  const others = candidates.filter(({ address }) => !kept.has(familyText(address)));
  const snapshot = await snapshotOf(cluster, [
    ...intents.map(addressOf),
    ...others.map(({ address }) => servedAddress(address, address.apiVersion)),
  ]);
  const context: SurveyContext = {
    cluster,
    conflicts: policy.conflicts,
    redact: textRedactor(content.objects),
    owner,
    confirm: content.confirm,
    intents,
    snapshot,
    lore: createClusterLore(cluster, intents, others),
    known: knownObjects(request),
    redactValue: contentRedactor(content.objects, owner.application),
    keepOriginal: request.keepOriginal,
  };
  const applied = await inParallel(intents, (intent) => surveyIntent(context, intent));
  // What is applied under another API is the same object by its uid (P7).
  const uids = new Set(applied.map(({ change }) => change?.uid));
  const leaving = others.filter(({ uid }) => uid === undefined || !uids.has(uid));
  const pruned = await inParallel(leaving, (candidate) => surveyPrune(context, candidate));
  const findings = [...applied, ...pruned];
  const changes = canonicalChanges(findings.flatMap(({ change }) => change ?? []));
  const retained = pruned.flatMap((finding) => finding.retained ?? []);
  const notes = findings.flatMap((finding) => finding.notes);
  return {
    changes,
    notes: [...new Set(notes)].sort(),
    advice: findings.flatMap((finding) => finding.advice ?? []),
    intents,
    live: snapshot,
    adopted: applied.flatMap((finding) => finding.adopted ?? []),
    ...(retained.length === 0 ? {} : { retained }),
  };
}

function knownObjects({ candidates, earlier = [] }: SurveyRequest): ReadonlyMap<string, KnownObject> {
  const recorded = candidates.map(({ address, uid, fingerprint }) => [address, uid, fingerprint] as const);
  const found = earlier.map(({ identity, uid, fingerprint }) => [identity, uid, fingerprint] as const);
  return new Map(
    [...recorded, ...found].flatMap(([identity, uid, fingerprint]) =>
      uid === undefined || fingerprint === undefined
        ? []
        : [[identityText(identity), { uid, fingerprint }] as const],
    ),
  );
}
