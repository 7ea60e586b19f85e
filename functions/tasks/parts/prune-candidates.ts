import { identityText } from '#domain/manifest.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Inventory, Plan } from '#domain/plan.ts';
import type { Promotion, PromotionId } from '#domain/promotion.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';
import { changeAddress } from './change-address.ts';
import type { PruneCandidate } from './prune-candidate.ts';

export interface CandidatePorts {
  readonly releases: ReleaseLedger;
  readonly promotions: PromotionLedger;
  readonly documents: DocumentStore;
}

/**
 * What may have to go: what the last good release put on the target (KUBERNETES.md P1), and what promotions created that
 * failed since and were not rolled back, so that a rollback after a stopped run leaves no residue (DESIGN N5).
 */
export async function pruneCandidates(
  ports: CandidatePorts,
  promotion: PromotionId,
  state: TargetState | undefined,
): Promise<readonly PruneCandidate[]> {
  const [recorded, left] = await Promise.all([
    state === undefined ? [] : inventoryCandidates(ports, state),
    leftovers(ports, promotion, state),
  ]);
  return distinct([...recorded, ...left]);
}

/** Several promotions may have failed over one object: it is asked about, planned and counted once. */
function distinct(candidates: readonly PruneCandidate[]): readonly PruneCandidate[] {
  const named = candidates.map(
    (candidate) => [`${identityText(candidate.address)} ${candidate.uid ?? ''}`, candidate] as const,
  );
  return [...new Map(named).values()];
}

async function inventoryCandidates(
  { documents }: CandidatePorts,
  state: TargetState,
): Promise<readonly PruneCandidate[]> {
  const { objects, retained = [] } = await documents.get<Inventory>(state.inventory);
  return [...objects, ...retained].map(({ identity, apiVersion, ...found }) => ({
    address: { ...identity, apiVersion },
    ...found,
  }));
}

// Failures older than these many releases have been seen to by people.
const rememberedReleases = 10;
const cleanOutcomes: ReadonlySet<PromotionOutcome> = new Set(['promoted', 'unchanged', 'failed-rolled-back']);

async function leftovers(
  { releases, promotions, documents }: CandidatePorts,
  { application, environment }: PromotionId,
  state: TargetState | undefined,
): Promise<readonly PruneCandidate[]> {
  // Before the first good state nothing is deleted: what a first release left is for diagnosis (R8).
  if (state === undefined) return [];
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
