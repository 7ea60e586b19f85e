import type { KubernetesObject } from '#domain/manifest.ts';
import type { ObserveInput } from '#tasks/observe.ts';
import {
  createDeploymentHarness,
  createSteppedClock,
  type DeploymentHarness,
  type HarnessSettings,
} from './deployment-harness.ts';
import { apply, failureOf } from './deployment-steps.ts';
import type { Stage } from './rollout-stages.ts';
import { runningCluster, withStage } from './staged-cluster.ts';

export const start = Date.UTC(2026, 10, 21, 9, 0, 0);

/** A release applied at `start` on a cluster that shows `stage`. */
export async function applied({
  stage = (evidence) => evidence,
  ...settings
}: HarnessSettings & { stage?: Stage } = {}) {
  const clock = createSteppedClock(start);
  const memory = runningCluster(clock);
  const cluster = withStage(memory, clock, stage);
  const harness = await createDeploymentHarness({ ...settings, clock, cluster });
  return { harness: { ...harness, memory }, clock, ...(await apply(harness)) };
}

/** Calls it until something is decided. Answers the decision and when it was made, milliseconds after the apply. */
export async function decided({ tasks, clock }: DeploymentHarness, input: ObserveInput) {
  for (;;) {
    const seen = await tasks.observe(input);
    if (seen.next !== 'observe') return { ...seen, afterMilliseconds: clock.now() - input.appliedAt };
  }
}

/** A rollout that is not going to be healthy. */
export interface Staged {
  readonly objects: readonly KubernetesObject[];
  readonly stage: Stage;
  readonly log?: string;
  readonly deadlineSeconds?: number;
}

/** Applies a release and observes it until it fails. */
export async function failing({ stage, objects, log, deadlineSeconds = 300 }: Staged) {
  const clock = createSteppedClock(start);
  const cluster = { ...withStage(runningCluster(clock), clock, stage), log: async () => log };
  const harness = await createDeploymentHarness({ clock, cluster, deadlineSeconds });
  const { observation } = await apply(harness, objects);
  const failure = await failureOf(decided(harness, observation));
  return { failure, afterSeconds: (clock.now() - observation.appliedAt) / 1000 };
}
