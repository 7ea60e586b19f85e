import type { ReleaseContent } from '#domain/content.ts';
import { FenceLostError } from '#domain/errors.ts';
import { failureOf } from '#domain/failure.ts';
import { unchangedInventory } from '#domain/inventory.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Plan } from '#domain/plan.ts';
import type { Promotion, PromotionInput } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Failure } from '#domain/release.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import type { TaskTokens } from '#ports/task-tokens.ts';
import { closeRequests } from './parts/requests.ts';
import { supersededNow } from './parts/superseded-now.ts';

export interface RecordPromotionInput extends PromotionInput {
  readonly outcome: PromotionOutcome;
  /** What VerifyRollout found in place, of the release or of the one rolled back to. */
  readonly inventory?: DocumentReference;
  readonly failure?: Failure;
  readonly rollbackFailure?: Failure;
  readonly supersededBy?: number;
}

export interface RecordPromotionResult {
  /** The end that stands: of a promotion that had ended already, the first one. */
  readonly outcome: PromotionOutcome;
  /** As recorded, for the execution's own cause. */
  readonly failure?: Failure;
}

export interface RecordPromotionPorts {
  readonly promotions: PromotionLedger;
  readonly approvals: ApprovalLedger;
  readonly targets: TargetLedger;
  readonly documents: DocumentStore;
  readonly tokens: TaskTokens;
  readonly clock: Clock;
}

/** Ends a promotion in the ledger and, in the same write, says what is on the target now. */
export function recordPromotion(ports: RecordPromotionPorts) {
  return async (input: RecordPromotionInput): Promise<RecordPromotionResult> => {
    const { promotions, clock } = ports;
    const { application, environment } = input;
    const current = await promotions.targetState(application, environment);
    const newer = input.outcome === 'unchanged' ? await supersededNow(promotions, input) : undefined;
    const outcome = newer === undefined ? input.outcome : 'superseded';
    const supersededBy = newer ?? input.supersededBy;
    const endedAt = clock.now();
    const end = await promotions.end(
      input,
      {
        outcome,
        endedAt,
        ...(input.failure && { failure: failureOf(input.failure) }),
        ...(input.rollbackFailure && { rollbackFailure: failureOf(input.rollbackFailure) }),
        ...(supersededBy !== undefined && { supersededBy }),
      },
      await stateAfter[outcome]?.(ports, input, current),
    );
    await closeRequests(ports, input, { status: 'withdrawn', closedAt: endedAt });
    return { outcome: end.outcome, ...(end.failure && { failure: end.failure }) };
  };
}

type StateAfter = (
  ports: RecordPromotionPorts,
  input: RecordPromotionInput,
  current: TargetState | undefined,
) => Promise<TargetState | undefined>;

/** What is on the target after each outcome; after those not listed it is what was there before. */
const stateAfter: Partial<Record<PromotionOutcome, StateAfter>> = {
  async promoted(ports, input) {
    await refuseLateHolder(ports, input);
    if (input.inventory === undefined)
      throw new Error('Promotion ended "promoted" without the inventory it put there');
    return newState(ports, input, input.inventory);
  },
  async unchanged(ports, input) {
    await refuseLateHolder(ports, input);
    return newState(ports, input, input.inventory ?? (await inventoryAsFound(ports, input)));
  },
  'failed-rolled-back': backAsVerified,
  // With an inventory where the earlier state is back and something else was left.
  'failed-not-rolled-back': backAsVerified,
};

async function backAsVerified(
  _ports: RecordPromotionPorts,
  { inventory }: RecordPromotionInput,
  current: TargetState | undefined,
): Promise<TargetState | undefined> {
  return current && inventory && { ...current, inventory };
}

const newState = (
  { clock }: RecordPromotionPorts,
  { release, attempt }: RecordPromotionInput,
  inventory: DocumentReference,
): TargetState => ({ release, attempt, promotedAt: clock.now(), inventory });

/** A run that woke up after another one took the target may not say what is on it. */
async function refuseLateHolder(
  { promotions, targets }: RecordPromotionPorts,
  input: RecordPromotionInput,
): Promise<void> {
  const { application, environment } = input;
  const { fence } = await recorded(promotions, input);
  const holder = await targets.holder({ application, environment });
  if (fence === undefined || holder === undefined || holder.fence <= fence) return;
  throw new FenceLostError(
    `Target "${environment}" of "${application}" was taken over under fence ${holder.fence}, after fence ${fence}`,
    { fence, holderFence: holder.fence, holderRelease: holder.release },
  );
}

async function recorded(promotions: PromotionLedger, input: RecordPromotionInput): Promise<Promotion> {
  const promotion = await promotions.promotion(input);
  if (promotion !== undefined) return promotion;
  throw new Error(
    `Promotion ${input.attempt} of "${input.application}" release ${input.release} is not in the ledger`,
  );
}

/** Stores what is in place when nothing had to be changed. */
async function inventoryAsFound(
  { promotions, documents }: RecordPromotionPorts,
  input: RecordPromotionInput,
): Promise<DocumentReference> {
  const { plan: reference } = await recorded(promotions, input);
  if (reference === undefined)
    throw new Error('Promotion ended "unchanged" without the plan that found it so');
  const plan = await documents.get<Plan>(reference.document);
  const { objects } = await documents.get<ReleaseContent>(plan.content);
  const { application, release, environment, attempt } = input;
  const key = `inventories/${application}/${environment}/${release}-${attempt}.json`;
  return documents.put(key, unchangedInventory(plan, objects));
}
