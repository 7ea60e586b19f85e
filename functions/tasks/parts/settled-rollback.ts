import type { Promotion, PromotionInput } from '#domain/promotion.ts';
import type { ReleaseId } from '#domain/release.ts';
import { needsRollback } from '#domain/settlement.ts';
import type { TargetId } from '#domain/target.ts';
import type { Clock } from '#ports/clock.ts';
import type { Executions } from '#ports/executions.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';

interface RollbackPorts {
  readonly promotions: PromotionLedger;
  readonly executions: Executions;
  readonly clock: Clock;
}

interface Circumstances {
  /** The execution whose end is settled. */
  readonly settledBy: string;
  /** Somebody else holds the target already. */
  readonly takenOver: boolean;
}

/** Opens the way back to the last good release where the dead promotion has written; the same event opens it once. */
export async function openRollback(
  { promotions, clock }: Pick<RollbackPorts, 'promotions' | 'clock'>,
  promotion: Promotion,
  { settledBy, takenOver }: Circumstances,
): Promise<number | undefined> {
  const { application, environment } = promotion;
  const state = await promotions.targetState(application, environment);
  const facts = { takenOver, ...(state && { goodSince: state.promotedAt }) };
  if (state === undefined || !needsRollback(promotion, facts)) return undefined;
  const { release } = state;
  await promotions.open({
    application,
    release,
    environment,
    kind: 'rollback',
    requestedBy: `settle:${settledBy}`,
    openedAt: clock.now(),
  });
  await promotions.note(promotion, { rollbackToRelease: release });
  return release;
}

/** Starts the rollback that was opened, unless it runs already; undefined when it is through. */
export async function startRollback(
  { promotions, executions }: Pick<RollbackPorts, 'promotions' | 'executions'>,
  { application, environment, release }: TargetId & ReleaseId,
): Promise<PromotionInput | undefined> {
  const known = await promotions.promotions({ application, release });
  const pending = known.filter(
    ({ kind, environment: into, outcome }) =>
      kind === 'rollback' && into === environment && outcome === undefined,
  );
  for (const { attempt, executionArn } of pending) {
    if (executionArn !== undefined) continue;
    const rollback: PromotionInput = { application, release, environment, attempt, kind: 'rollback' };
    await promotions.note(rollback, { executionArn: await executions.startPromotion(rollback) });
  }
  const newest = pending.at(-1);
  return newest && { application, release, environment, attempt: newest.attempt, kind: 'rollback' };
}
