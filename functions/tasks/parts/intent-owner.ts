import type { IntentOwner } from '#domain/intent.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { PromotionId } from '#domain/promotion.ts';

/** Whose the objects of a promotion are. */
export function intentOwner(
  { application, environment }: Pick<PromotionId, 'application' | 'environment'>,
  { namespace }: Pick<EnvironmentPolicy, 'namespace'>,
): IntentOwner {
  return { application, environment, namespace };
}
