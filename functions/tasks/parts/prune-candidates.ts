import type { IntentOwner } from '#domain/intent.ts';
import { familyText, servedAddress } from '#domain/kind-family.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Inventory, Plan } from '#domain/plan.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';
import { changeAddress } from './change-address.ts';
import { type LabelledMember, labelledMembers } from './labelled-members.ts';
import type { PruneCandidate } from './prune-candidate.ts';

export interface CandidatePorts {
  readonly releases: ReleaseLedger;
  readonly promotions: PromotionLedger;
  readonly documents: DocumentStore;
}

/** What may have to go, and what the cluster says is the application's. */
export interface PruneCandidates {
  readonly candidates: readonly PruneCandidate[];
  readonly members: readonly LabelledMember[];
  /** Objects of the last good release. */
  readonly recorded: number;
}

/**
 * What may have to go: what the last good release put on the target (KUBERNETES.md P1), what promotions created that
 * failed since and were not rolled back, so that a rollback after a stopped run leaves no residue (DESIGN N5), and what
 * is labelled as the application's without being in any record (P2). Before the first good state nothing is: what a
 * first release left is for diagnosis (R8).
 */
export async function pruneCandidates(
  ports: CandidatePorts,
  cluster: Cluster,
  owner: IntentOwner,
  state: TargetState | undefined,
): Promise<PruneCandidates> {
  if (state === undefined) return { candidates: [], members: [], recorded: 0 };
  const recorded = await inventoryCandidates(ports, state);
  const known = recorded.map(({ address }) => address);
  const [left, members] = await Promise.all([
    leftovers(ports, owner, state),
    labelledMembers(cluster, owner, known),
  ]);
  // What a failed promotion made anew was not there under its recorded uid.
  return { candidates: distinct([...left, ...recorded, ...members]), members, recorded: recorded.length };
}

/** One candidate for an object, the first that names it: several promotions may have failed over one. */
export function distinct(candidates: readonly PruneCandidate[]): readonly PruneCandidate[] {
  const named = new Map<string, PruneCandidate>();
  for (const candidate of candidates) {
    const text = familyText(candidate.address);
    if (!named.has(text)) named.set(text, candidate);
  }
  return [...named.values()];
}

async function inventoryCandidates(
  { documents }: CandidatePorts,
  state: TargetState,
): Promise<readonly PruneCandidate[]> {
  const { objects, retained = [] } = await documents.get<Inventory>(state.inventory);
  return [...objects, ...retained].map(({ identity, apiVersion, ...found }) => ({
    address: servedAddress({ ...identity, apiVersion }),
    ...found,
  }));
}

// Failures older than these many releases have been seen to by people.
const rememberedReleases = 10;
const cleanOutcomes: ReadonlySet<PromotionOutcome> = new Set(['promoted', 'unchanged', 'failed-rolled-back']);

async function leftovers(
  { releases, promotions, documents }: CandidatePorts,
  { application, environment }: IntentOwner,
  state: TargetState,
): Promise<readonly PruneCandidate[]> {
  const newest = await releases.newest(application, rememberedReleases);
  const known = (await Promise.all(newest.map((release) => promotions.promotions(release)))).flat();
  const failed = known.filter(
    (promotion) => promotion.environment === environment && isUnclean(promotion, state),
  );
  const plans = await Promise.all(
    failed.flatMap(({ plan }) => (plan === undefined ? [] : [documents.get<Plan>(plan.document)])),
  );
  return plans.flatMap(createdBy);
}

function isUnclean({ outcome, firstWriteAt, endedAt }: Promotion, state: TargetState): boolean {
  if (outcome === undefined || cleanOutcomes.has(outcome) || firstWriteAt === undefined) return false;
  return endedAt === undefined || endedAt >= state.promotedAt;
}

/** What a plan was to create; the uids were not known then, the live objects tell them and whose they are. */
export function createdBy({ changes }: Plan): readonly PruneCandidate[] {
  return changes
    .filter(({ action }) => action === 'created')
    .map((change) => ({ address: changeAddress(change) }));
}
