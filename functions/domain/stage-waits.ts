import { hookPhase } from '#domain/hooks.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Stage } from '#domain/stage.ts';

/** What is looked at after a stage. */
export interface StageWaits {
  /** Objects that are there by then: what is awaited is judged among them. */
  readonly applied: readonly KubernetesObject[];
  /** Objects that must be healthy. */
  readonly awaited: readonly KubernetesObject[];
  readonly isLast: boolean;
}

/**
 * What must be healthy after a stage: what the next one waits for; after the last one everything, but hooks that an
 * earlier stage has waited for already, which may be gone by then.
 */
export function stageWaits(
  objects: readonly KubernetesObject[],
  stages: readonly Stage[],
  step: number,
): StageWaits {
  const isLast = step === stages.length - 1;
  const done = new Set(stages.slice(0, step).flatMap(({ awaits }) => awaits));
  const named = new Set(stages[step]?.awaits ?? []);
  const begun = new Set(stages.slice(0, step + 1).flatMap(({ layers }) => layers.flat()));
  const texts = new Map(objects.map((object) => [object, identityText(identityOf(object))]));
  const text = (object: KubernetesObject) => texts.get(object) ?? '';
  const isDone = (object: KubernetesObject) => hookPhase(object) !== undefined && done.has(text(object));
  return {
    applied: objects.filter((object) => begun.has(text(object))),
    awaited: objects.filter((object) => (isLast ? !isDone(object) : named.has(text(object)))),
    isLast,
  };
}
