import type { Diagnosis } from '#domain/diagnosis.ts';
import { type Instant, instant } from '#domain/instant.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import type { Remedy } from '#domain/remedy.ts';
import { decideRollout, type RolloutDecision, type RolloutPolicy } from '#domain/rollout.ts';
import { nodeClaims, watchScope } from '#domain/watch-scope.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster, RolloutWatch } from '#ports/cluster.ts';
import { diagnose } from './diagnose.ts';
import { createLogKeeper } from './log-keeper.ts';

/** What of a cluster a rollout is watched with. */
export type WatchedCluster = Pick<Cluster, 'watch' | 'log'>;

export interface WatchedRollout {
  readonly cluster: WatchedCluster;
  readonly clock: Clock;
  readonly policy: RolloutPolicy & { readonly namespace: string };
  readonly objects: readonly KubernetesObject[];
  /** Those of them that must be healthy; all when absent. */
  readonly awaited?: readonly KubernetesObject[];
  readonly appliedAt: Instant;
  /** Look no longer than this. */
  readonly until: Instant;
  /** What the release changes, for the diagnosis. */
  readonly changes: readonly ObjectChange[];
  /** Where an earlier call left off. */
  readonly stableAt?: Instant;
  readonly remedied?: readonly Remedy[];
  /** Told of every look; `isLast` when nothing more is looked at. */
  note(look: RolloutLook): Promise<void>;
  /** Carries out what the engine itself is to do about a pod; answers it as it went. */
  carryOut(remedy: Remedy): Promise<Remedy>;
}

/** One look at a rollout. */
export interface RolloutLook {
  readonly decision: RolloutDecision;
  readonly now: Instant;
  readonly isLast: boolean;
  readonly remedied: readonly Remedy[];
  /** Of a rollout that has failed. */
  readonly diagnosis?: Diagnosis;
}

// Looked at again at least once a second, for what only time decides and for progress that was not noted yet.
const longestPauseMilliseconds = 1_000;

/**
 * Watches a release's objects until something is decided or the time is up, and answers the last look. Logs of containers
 * that end are read at first sight (G2); of a failure it answers the diagnosis.
 */
export async function watchRollout(rollout: WatchedRollout): Promise<RolloutLook> {
  const { cluster, clock, policy, objects, awaited = objects, appliedAt, until, changes } = rollout;
  const logs = createLogKeeper(cluster);
  const remedied = [...(rollout.remedied ?? [])];
  let { stableAt } = rollout;
  const watch = await cluster.watch(watchScope(objects, policy.namespace));
  let nodeWatch: RolloutWatch | undefined;
  try {
    for (;;) {
      const now = clock.now();
      const evidence = { ...watch.evidence(), ...nodeWatch?.evidence() };
      const context = { now, appliedAt, objects, remedied };
      const decision = decideRollout(evidence, context, policy, stableAt, awaited);
      await logs.see(decision.troubles);
      for (const remedy of decision.remedies) remedied.push(await rollout.carryOut(remedy));
      const isOver = decision.kind !== 'waiting';
      const { troubles } = decision;
      const examination = { cluster, objects, changes, evidence, logs, now, troubles, remedied };
      const diagnosis =
        'cause' in decision && decision.cause !== undefined
          ? await diagnose(decision.cause, examination)
          : undefined;
      const isLast = isOver || now >= until;
      const look = { decision, now, isLast, remedied, ...(diagnosis === undefined ? {} : { diagnosis }) };
      await rollout.note(look);
      if (isLast) return look;
      stableAt = decision.stableAt;
      if (nodeWatch === undefined && troubles.some(({ rule }) => rule === 'E8'))
        nodeWatch = await cluster.watch({ namespaces: [], kinds: [nodeClaims] });
      const next = Math.min(decision.recheckAt, until, instant(now + longestPauseMilliseconds));
      await watch.next(Math.max(1, next - now));
    }
  } finally {
    watch.close();
    nodeWatch?.close();
  }
}
