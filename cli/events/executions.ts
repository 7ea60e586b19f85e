import { type PromotionId, promotionExecutionName } from '#domain/promotion.ts';
import type { ReleaseView } from '#domain/view.ts';
import { spentTaskToken } from '../aws/task-tokens.ts';
import type { Target } from '../target/target.ts';

/** The ARN that Step Functions gives an execution of the promotion machine. */
export function executionArnOf({ stack }: Target, promotion: PromotionId): string {
  const prefix = stack.PromotionStateMachineArn.replace(':stateMachine:', ':execution:');
  return `${prefix}:${promotionExecutionName(promotion)}`;
}

/** A token of a promotion that was given its target: its wait for it is over. Undefined when none was. */
export async function spentTokenOf(target: Target, view: ReleaseView): Promise<string | undefined> {
  const waited = view.promotions.find(({ promotion }) => promotion.fence !== undefined)?.promotion;
  return waited === undefined ? undefined : spentTaskToken(target, executionArnOf(target, waited));
}
