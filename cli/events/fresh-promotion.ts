import { randomUUID } from 'node:crypto';
import type { PromotionInput } from '#domain/promotion.ts';
import type { ReleaseView } from '#domain/view.ts';
import { call } from '../aws/functions.ts';
import { showRelease } from '../aws/releases.ts';
import { functionNameOf } from '../aws/stack-functions.ts';
import type { Target } from '../target/target.ts';
import { executionArnOf, spentTokenOf } from './executions.ts';

/** A promotion for one event: opened, planned and given its target as far as the event asks for it. */
export interface FreshPromotion {
  input(): Promise<PromotionInput>;
  plan(): Promise<unknown>;
  fence(): Promise<number | undefined>;
  /** Ends what was opened, so that nothing is left waiting or holding the target. */
  end(): Promise<void>;
}

/** Prepares a promotion on demand: no function is called before a placeholder asks for its result. */
export function freshPromotion(target: Target, view: ReleaseView, environment: string): FreshPromotion {
  const { application, release } = view.release;
  const requestedBy = `event-${randomUUID()}`;
  const run = async <Result>(task: string, input: unknown): Promise<Result> =>
    call(target.settings, await functionNameOf(target, task), input);
  const once = <Result>(make: () => Promise<Result>): (() => Promise<Result>) => {
    let made: Promise<Result> | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };

  let isOpened = false;
  const input = once(() => {
    isOpened = true;
    return run<PromotionInput>('OpenPromotion', {
      application,
      release,
      environment,
      kind: 'promotion',
      requestedBy,
    });
  });
  const plan = once(async () => {
    const promotion = await input();
    const executionArn = executionArnOf(target, promotion);
    return (await run<{ plan: unknown }>('PlanPromotion', { ...promotion, round: 1, executionArn })).plan;
  });
  const fence = once(async () => {
    const promotion = await input();
    await run('AcquireTarget', { ...promotion, taskToken: await spentTokenOf(target, view) });
    const answer = await showRelease(target, { kind: 'release', application, release });
    const promotions = answer.kind === 'release' ? answer.view.promotions.map((one) => one.promotion) : [];
    return promotions.find((one) => one.environment === environment && one.attempt === promotion.attempt)
      ?.fence;
  });
  return {
    input,
    plan,
    fence,
    async end() {
      if (!isOpened) return;
      const promotion = await input();
      await run('RecordPromotion', { ...promotion, outcome: 'withdrawn' });
      await run('ReleaseTarget', promotion);
    },
  };
}
