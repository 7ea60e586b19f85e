import type {
  ReleaseHoldInput,
  ReleaseHoldResult,
  ShowReleaseInput,
  ShowReleaseResult,
  StartPromotionInput,
  StartPromotionResult,
} from '#domain/view.ts';
import type { Target } from '../target/target.ts';
import { call } from './functions.ts';

/** Asks what is known of an upload, a release or an application. */
export function showRelease(
  { settings, stack }: Target,
  input: ShowReleaseInput,
): Promise<ShowReleaseResult> {
  return call(settings, stack.ShowReleaseFunctionName, input);
}

/** Starts a promotion or a rollback by hand. */
export function startPromotion(
  { settings, stack }: Target,
  input: StartPromotionInput,
): Promise<StartPromotionResult> {
  return call(settings, stack.StartPromotionFunctionName, input);
}

/** Lifts the hold on an environment, if there is one. */
export function releaseHold(
  { settings, stack }: Target,
  input: ReleaseHoldInput,
): Promise<ReleaseHoldResult> {
  return call(settings, stack.ReleaseHoldFunctionName, input);
}
