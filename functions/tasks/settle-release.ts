import { failureOf } from '#domain/failure.ts';
import type { PromotionOutcome, ReleaseOutcome } from '#domain/outcome.ts';
import type { Promotion, PromotionInput } from '#domain/promotion.ts';
import type { Failure, ReleaseId } from '#domain/release.ts';
import { type ExecutionStatus, settledPromotion, settledRelease } from '#domain/settlement.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { Executions } from '#ports/executions.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';
import { closeRequests } from './parts/requests.ts';
import { openRollback, startRollback } from './parts/settled-rollback.ts';
import { type WakePorts, wakeNextHolder } from './parts/wake-next-holder.ts';

/** The parts of EventBridge's "Step Functions Execution Status Change" event that are read. */
export interface SettleReleaseInput {
  readonly detail: {
    readonly executionArn: string;
    readonly stateMachineArn: string;
    readonly name: string;
    readonly status: ExecutionStatus;
    /** JSON; absent or null when it was too long for the event, which a reference never is. */
    readonly input?: string | null;
    readonly error?: string | null;
    readonly cause?: string | null;
  };
}

export type SettleReleaseResult =
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'release'; readonly outcome: ReleaseOutcome }
  | { readonly kind: 'promotion'; readonly outcome: PromotionOutcome; readonly rollback?: PromotionInput };

export interface SettleReleasePorts extends WakePorts {
  readonly releases: ReleaseLedger;
  readonly approvals: ApprovalLedger;
  readonly executions: Executions;
  /** Unqualified ARNs: what tells the two machines' events apart. */
  readonly stateMachines: { readonly release: string; readonly promotion: string };
}

type Detail = SettleReleaseInput['detail'];

/** Settles what an execution left behind that ended without recording its end. Safe to repeat from any point. */
export function settleRelease(ports: SettleReleasePorts) {
  return async ({ detail }: SettleReleaseInput): Promise<SettleReleaseResult> => {
    // The ARN may be qualified by a version or an alias.
    const isOf = (machine: string) =>
      detail.stateMachineArn === machine || detail.stateMachineArn.startsWith(`${machine}:`);
    if (isOf(ports.stateMachines.promotion)) return settlePromotion(ports, detail);
    if (isOf(ports.stateMachines.release)) return settleWalk(ports, detail);
    return { kind: 'nothing', reason: `state machine "${detail.stateMachineArn}" is not one of ours` };
  };
}

function inputOf<Input>({ input, name }: Detail): Input {
  if (!input) throw new Error(`Execution "${name}" ended and its event does not say with which input it ran`);
  return JSON.parse(input) as Input;
}

function failureIn({ status, error, cause, name }: Detail): Failure | undefined {
  if (status === 'ABORTED') return undefined;
  return failureOf({
    name: error || (status === 'TIMED_OUT' ? 'States.Timeout' : 'States.Runtime'),
    message: cause || `Execution "${name}" ended ${status} before it could record how`,
  });
}

async function settlePromotion(ports: SettleReleasePorts, detail: Detail): Promise<SettleReleaseResult> {
  const { promotions, targets, clock } = ports;
  const input = inputOf<PromotionInput>(detail);
  const target = { application: input.application, environment: input.environment };
  const dead = await promotions.promotion(input);
  if (dead === undefined) {
    return { kind: 'nothing', reason: `promotion "${detail.name}" is not in the ledger` };
  }
  // Before the target is free, so that nobody comes in between.
  await openRollback(ports, dead, detail.executionArn);
  // Fenced: whatever of it still runs loses its next renewal, so that what is read afterwards stays true.
  await targets.release(target, input);
  await closeRequests(ports, input, { status: 'withdrawn', closedAt: clock.now() });
  const promotion = (await promotions.promotion(input)) as Promotion;
  const recorded = promotion.outcome !== undefined;
  const outcome = recorded ? promotion.outcome : await endDead(ports, detail, promotion);
  const rollback = await startRollback(ports, promotion);
  // The rollback stands first in the queue: who waits for the target is woken when it is through.
  if (rollback === undefined) await wakeNextHolder(ports, target);
  if (recorded && rollback === undefined)
    return { kind: 'nothing', reason: `promotion "${detail.name}" has recorded its end` };
  return { kind: 'promotion', outcome: outcome as PromotionOutcome, ...(rollback && { rollback }) };
}

/**
 * Ends the dead promotion, with the rollback opened before and started after: opened, so that a run which dies in between
 * is continued; started after, because its plan removes what ended promotions left, and only that.
 */
async function endDead(
  ports: SettleReleasePorts,
  detail: Detail,
  promotion: Promotion,
): Promise<PromotionOutcome> {
  const { promotions, clock } = ports;
  // Again: it may have written until it was fenced.
  await openRollback(ports, promotion, detail.executionArn);
  const failure = failureIn(detail);
  const { outcome } = await promotions.end(promotion, {
    outcome: settledPromotion(detail.status, promotion),
    endedAt: clock.now(),
    ...(failure && { failure }),
  });
  return outcome;
}

async function settleWalk(ports: SettleReleasePorts, detail: Detail): Promise<SettleReleaseResult> {
  const { releases, promotions, clock } = ports;
  const { application, release: number } = inputOf<ReleaseId>(detail);
  const id = { application, release: number };
  const release = await releases.release(id);
  if (release === undefined)
    return { kind: 'nothing', reason: `release "${detail.name}" is not in the ledger` };
  if (release.outcome !== undefined)
    return { kind: 'nothing', reason: `release "${detail.name}" has recorded its end` };
  const walked = await promotions.promotions(id);
  for (const promotion of walked.filter(({ outcome }) => outcome === undefined)) {
    await closeRequests(ports, promotion, { status: 'withdrawn', closedAt: clock.now() });
  }
  const failure = failureIn(detail);
  const end = await releases.end(id, {
    outcome: settledRelease(detail.status, release, walked),
    endedAt: clock.now(),
    ...(failure && { failure }),
  });
  return { kind: 'release', outcome: end.outcome };
}
