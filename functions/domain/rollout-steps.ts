import type { KubernetesObject } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import type { Stage } from '#domain/stage.ts';
import { stagesOf } from '#domain/stages.ts';

/**
 * The steps of a rollout: one for each stage of its plan, then the pruning, which waits until what replaces it is healthy
 * (KUBERNETES.md P5). A plan of an earlier version has no stages written down: they are worked out from its objects.
 */
export function planStages(
  { stages }: Pick<Plan, 'stages'>,
  objects: readonly KubernetesObject[],
): readonly Stage[] {
  return stages ?? stagesOf(objects);
}
