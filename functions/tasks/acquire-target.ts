import type { PromotionInput } from '#domain/promotion.ts';
import type { AcquireResult } from '#domain/target.ts';
import { supersededNow } from './parts/superseded-now.ts';
import { type WakePorts, wakeNextHolder } from './parts/wake-next-holder.ts';

export interface AcquireTargetInput extends PromotionInput {
  readonly taskToken: string;
}

/** Queues for the target. The state is answered through its token: now, when it is its turn, or when it is superseded. */
export function acquireTarget(ports: WakePorts) {
  return async ({ taskToken, ...promotion }: AcquireTargetInput): Promise<void> => {
    const { targets, promotions, tokens } = ports;
    const { application, environment, release, attempt, kind } = promotion;
    const id = { application, release, environment, attempt, kind };
    const target = { application, environment };
    const supersededBy = await supersededNow(promotions, id);
    if (supersededBy !== undefined) {
      await targets.release(target, id);
      const answer: AcquireResult = { acquired: false, outcome: 'superseded', supersededBy };
      await tokens.succeed(taskToken, answer);
      return;
    }
    await promotions.note(id, { stage: 'awaiting-target' });
    await targets.enqueue(target, { promotion: id, taskToken });
    await wakeNextHolder(ports, target);
  };
}
