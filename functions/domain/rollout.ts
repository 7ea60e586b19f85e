import { type Cause, rootCause } from '#domain/cause.ts';
import { judgeHealth } from '#domain/health.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { stabilitySeconds } from '#domain/stability.ts';
import type { RolloutEvidence } from '#domain/workload.ts';

/** How long a rollout may take and must hold. */
export interface RolloutPolicy {
  readonly stabilityWindowSeconds: number;
  readonly deadlineSeconds: number;
}

/** What a look at the cluster amounts to. */
export type RolloutDecision = RolloutCount &
  (
    | { readonly kind: 'stable' }
    | { readonly kind: 'failed'; readonly cause: Cause }
    | { readonly kind: 'deadline'; readonly cause: Cause | undefined }
    | {
        readonly kind: 'waiting';
        /** While all is ready: when the stability window ends. */
        readonly stableAt?: Instant;
        /** Look again by then, even if nothing is heard. */
        readonly recheckAt: Instant;
      }
  );

interface RolloutCount {
  readonly readyObjects: number;
  readonly totalObjects: number;
  /** `Deployment.apps staging/web: 1 of 2 pods ready`, one per object that isn't ready. */
  readonly waitingFor: readonly string[];
}

/**
 * Judges every object of the release, or those that are awaited. `stableAt` is the end of the stability window as an earlier look noted it, so that
 * the window goes on over calls; it starts again when anything flips back or restarts (H3, E15).
 */
export function decideRollout(
  evidence: RolloutEvidence,
  context: HealthContext,
  policy: RolloutPolicy,
  stableAt?: Instant,
  awaited: readonly KubernetesObject[] = context.objects,
): RolloutDecision {
  const judged = awaited.map((object) => ({
    object,
    health: judgeHealth(object, evidence, context),
  }));
  const pending = judged.filter(({ health }) => health.verdict !== 'ready');
  const count: RolloutCount = {
    readyObjects: judged.length - pending.length,
    totalObjects: judged.length,
    waitingFor: pending.map(
      ({ object, health }) => `${identityText(identityOf(object))}: ${waitText(health)}`,
    ),
  };
  const failed = rootCause(judged.flatMap(({ health }) => (health.verdict === 'failed' ? health.cause : [])));
  if (failed !== undefined) return { ...count, kind: 'failed', cause: failed };
  if (pending.length === 0)
    return {
      ...count,
      ...decideStability(
        judged.map(({ health }) => health),
        context,
        policy,
        stableAt,
      ),
    };
  const deadline = secondsAfter(context.appliedAt, policy.deadlineSeconds);
  if (context.now >= deadline)
    return { ...count, kind: 'deadline', cause: rootCause(pending.flatMap(causesOf)) };
  const rechecks = pending.flatMap(({ health }) =>
    health.verdict === 'progressing' ? (health.recheckAt ?? []) : [],
  );
  return { ...count, kind: 'waiting', recheckAt: instant(Math.min(deadline, ...rechecks)) };
}

function decideStability(
  healths: readonly Health[],
  { now, appliedAt, objects }: HealthContext,
  policy: RolloutPolicy,
  noted: Instant | undefined,
):
  | { readonly kind: 'stable' }
  | { readonly kind: 'waiting'; readonly stableAt: Instant; readonly recheckAt: Instant } {
  const windowSeconds = stabilitySeconds(objects, policy.stabilityWindowSeconds);
  // A window noted before this apply belongs to another rollout (the one that is being rolled back).
  const valid = noted !== undefined && noted >= secondsAfter(appliedAt, windowSeconds) ? noted : undefined;
  const disturbances = healths.flatMap((health) =>
    health.verdict === 'ready' ? (health.disturbedAt ?? []) : [],
  );
  const undisturbed = disturbances.map((moment) => secondsAfter(moment, windowSeconds));
  const stableAt = instant(Math.max(valid ?? secondsAfter(now, windowSeconds), ...undisturbed));
  return now >= stableAt ? { kind: 'stable' } : { kind: 'waiting', stableAt, recheckAt: stableAt };
}

function waitText(health: Health): string {
  if (health.verdict === 'ready') return 'ready';
  const blockedBy = health.verdict === 'progressing' ? health.blockedBy : undefined;
  return blockedBy === undefined ? health.reason : `${health.reason} (waits for the ${blockedBy})`;
}

function causesOf({ object, health }: { object: KubernetesObject; health: Health }): readonly Cause[] {
  if (health.verdict === 'progressing' && health.cause !== undefined) return [health.cause];
  return [{ rule: 'H', object: identityOf(object), summary: waitText(health) }];
}
