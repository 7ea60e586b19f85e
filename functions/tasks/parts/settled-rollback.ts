import type { Promotion, PromotionInput } from '#domain/promotion.ts';
import { needsRollback } from '#domain/settlement.ts';
import type { Clock } from '#ports/clock.ts';
import type { Executions } from '#ports/executions.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';

interface OpenPorts {
  readonly promotions: PromotionLedger;
  readonly targets: TargetLedger;
  readonly clock: Clock;
}

/**
 * Opens the way back to the last good release where a promotion that has not recorded its end has written, and reserves
 * its place in the queue. The same execution's end opens it once.
 */
export async function openRollback(
  { promotions, targets, clock }: OpenPorts,
  dead: Promotion,
  settledBy: string,
): Promise<void> {
  const { application, environment, release, attempt } = dead;
  if (dead.outcome !== undefined) return;
  const state = await promotions.targetState(application, environment);
  if (state === undefined || !needsRollback(dead, state.promotedAt)) return;
  const rollback = await promotions.open({
    application,
    release: state.release,
    environment,
    kind: 'rollback',
    requestedBy: `settle:${settledBy}`,
    openedAt: clock.now(),
    repair: { of: { release, attempt }, backTo: { release: state.release, attempt: state.attempt } },
  });
  await targets.reserve({ application, environment }, inputOf(rollback));
  await promotions.note(dead, { rollbackToRelease: state.release });
}

/** Starts the rollback that repairs a dead promotion, unless it runs already; undefined when there is none or it is through. */
export async function startRollback(
  { promotions, executions }: { promotions: PromotionLedger; executions: Executions },
  id: Promotion,
): Promise<PromotionInput | undefined> {
  const dead = await promotions.promotion(id);
  if (dead?.rollbackToRelease === undefined) return undefined;
  const known = await promotions.promotions({
    application: dead.application,
    release: dead.rollbackToRelease,
  });
  const rollback = known.find(
    ({ environment, repair }) => environment === dead.environment && repairs(repair, dead),
  );
  if (rollback === undefined || rollback.outcome !== undefined) return undefined;
  const input = inputOf(rollback);
  if (rollback.executionArn === undefined) {
    await promotions.note(rollback, { executionArn: await executions.startPromotion(input) });
  }
  return input;
}

const repairs = (repair: Promotion['repair'], { release, attempt }: Promotion): boolean =>
  repair?.of.release === release && repair.of.attempt === attempt;

const inputOf = ({ application, release, environment, attempt, kind }: Promotion): PromotionInput => ({
  application,
  release,
  environment,
  attempt,
  kind,
});
