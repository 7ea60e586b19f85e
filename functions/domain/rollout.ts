import { byDepth, type Cause, isVerdictInTime, readyRuleOf, rootCause } from '#domain/cause.ts';
import { findLive, type RolloutEvidence } from '#domain/evidence.ts';
import { judgeHealth } from '#domain/health.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { objectDeadlineSeconds } from '#domain/object-deadline.ts';
import type { Remedy } from '#domain/remedy.ts';
import { stabilitySeconds } from '#domain/stability.ts';

/** How long a rollout may take and must hold. */
export interface RolloutPolicy {
  readonly stabilityWindowSeconds: number;
  readonly deadlineSeconds: number;
}

/** What a rollout that does not become healthy ended as, in the words of KUBERNETES.md §8. */
export type RolloutFailure = 'failed' | 'failed-at-deadline' | 'blocked' | 'suspended';

/** What a look at the cluster amounts to. */
export type RolloutDecision = RolloutPicture &
  (
    | { readonly kind: 'stable' }
    | { readonly kind: 'failed'; readonly as: RolloutFailure; readonly cause: Cause }
    | {
        readonly kind: 'deadline';
        readonly as: RolloutFailure;
        readonly cause: Cause | undefined;
        /** That has passed: the release's, or an object's own (H4). */
        readonly deadlineSeconds: number;
      }
    | {
        readonly kind: 'waiting';
        /** While all is ready: when the stability window ends. */
        readonly stableAt?: Instant;
        /** Look again by then, even if nothing is heard. */
        readonly recheckAt: Instant;
      }
  );

interface RolloutPicture {
  readonly readyObjects: number;
  readonly totalObjects: number;
  /** `Deployment.apps staging/web: 1 of 2 pods ready`, one per object that isn't ready. */
  readonly waitingFor: readonly string[];
  /** What people should know of objects that are ready. */
  readonly warnings: readonly Remark[];
  /** Why objects count as ready where that isn't plain. */
  readonly notes: readonly Remark[];
  /** What is wrong with objects that aren't ready, the root cause first (G1). */
  readonly troubles: readonly Cause[];
  /** What the engine itself should do now (E16, the StatefulSet trap of §8). */
  readonly remedies: readonly Remedy[];
  /** True when what it waits for, by its root cause, is something outside of the release. */
  readonly isBlocked: boolean;
  readonly isSuspended: boolean;
}

/** A sentence about one object. */
export interface Remark {
  readonly rule: Cause['rule'];
  readonly text: string;
}

interface Judged {
  readonly object: KubernetesObject;
  readonly health: Health;
}

/**
 * Judges every object of the release, or those that are awaited. `stableAt` is the end of the stability window as an
 * earlier look noted it, so that the window goes on over calls; it starts again when anything flips back or restarts
 * (H3, E15).
 */
export function decideRollout(
  evidence: RolloutEvidence,
  context: HealthContext,
  policy: RolloutPolicy,
  stableAt?: Instant,
  awaited: readonly KubernetesObject[] = context.objects,
): RolloutDecision {
  const judged = awaited.map(
    (object): Judged => ({ object, health: judgeHealth(object, evidence, context) }),
  );
  const pending = judged.filter(({ object, health }) => !isSettled(object, health));
  const picture = pictureOf(judged, pending);
  const failures = pending.flatMap(({ health }) => (health.verdict === 'failed' ? health : []));
  const cause = rootCause(failures.map((failure) => failure.cause));
  if (cause !== undefined) {
    const isLate = failures.some((failure) => failure.cause === cause && failure.atDeadline === true);
    return { ...picture, kind: 'failed', cause, as: isLate ? lateAs(cause) : 'failed' };
  }
  if (pending.length === 0) return { ...picture, ...decideStability(judged, context, policy, stableAt) };
  return { ...picture, ...decideWaiting(pending, evidence, context, policy) };
}

/** What holds a release up no longer; a CronJob that is declared suspended is what it is meant to be. */
function isSettled({ kind }: KubernetesObject, { verdict }: Health): boolean {
  return verdict === 'ready' || (verdict === 'suspended' && kind === 'CronJob');
}

function pictureOf(judged: readonly Judged[], pending: readonly Judged[]): RolloutPicture {
  return {
    readyObjects: judged.length - pending.length,
    totalObjects: judged.length,
    waitingFor: pending.map(
      ({ object, health }) => `${identityText(identityOf(object))}: ${waitText(health)}`,
    ),
    warnings: remarksOf(judged, (health) => (health.verdict === 'ready' ? health.warning : undefined)),
    notes: remarksOf(judged, (health) => {
      if (health.verdict === 'ready') return health.note;
      return health.verdict === 'suspended' ? health.reason : undefined;
    }),
    troubles: byDepth(pending.flatMap(({ health }) => ('cause' in health ? (health.cause ?? []) : []))),
    remedies: pending.flatMap(({ health }) =>
      health.verdict === 'progressing' ? (health.remedies ?? []) : [],
    ),
    isBlocked: rootCause(pending.map(causeOf))?.blockedBy !== undefined,
    isSuspended: judged.some(({ health }) => health.verdict === 'suspended'),
  };
}

function remarksOf(
  judged: readonly Judged[],
  textOf: (health: Health) => string | undefined,
): readonly Remark[] {
  return judged.flatMap(({ object, health }) => {
    const text = textOf(health);
    const identity = identityOf(object);
    return text === undefined
      ? []
      : [{ rule: readyRuleOf(identity), text: `${identityText(identity)}: ${text}` }];
  });
}

function decideWaiting(
  pending: readonly Judged[],
  evidence: RolloutEvidence,
  { appliedAt, now }: HealthContext,
  policy: RolloutPolicy,
) {
  const due = pending.map((each) => {
    const live = findLive(evidence, each.object) ?? each.object;
    const seconds = objectDeadlineSeconds(live, policy.deadlineSeconds);
    const patience = each.health.verdict === 'progressing' ? (each.health.patientUntil ?? 0) : 0;
    const release = secondsAfter(appliedAt, policy.deadlineSeconds);
    const at = Math.min(release, Math.max(secondsAfter(appliedAt, seconds), patience));
    return { ...each, at, seconds: (at - appliedAt) / 1000 };
  });
  const late = due.filter(({ at }) => now >= at);
  const [first] = late;
  if (first !== undefined) {
    // Beside what is late everything else that isn't ready may be the reason for it.
    const cause = rootCause(pending.map(causeOf)) ?? causeOf(first);
    return { kind: 'deadline', cause, as: lateAs(cause, pending), deadlineSeconds: first.seconds } as const;
  }
  const rechecks = pending.flatMap(({ health }) =>
    health.verdict === 'progressing' ? (health.recheckAt ?? []) : [],
  );
  const recheckAt = instant(Math.min(...due.map(({ at }) => at), ...rechecks));
  return { kind: 'waiting', recheckAt } as const;
}

function lateAs(cause: Cause, pending: readonly Judged[] = []): RolloutFailure {
  // The deadline only came before it.
  if (isVerdictInTime(cause)) return 'failed';
  if (cause.blockedBy !== undefined) return 'blocked';
  const isSuspended = pending.length > 0 && pending.every(({ health }) => health.verdict === 'suspended');
  return isSuspended ? 'suspended' : 'failed-at-deadline';
}

function decideStability(
  judged: readonly Judged[],
  { now, appliedAt, objects }: HealthContext,
  policy: RolloutPolicy,
  noted: Instant | undefined,
):
  | { readonly kind: 'stable' }
  | { readonly kind: 'waiting'; readonly stableAt: Instant; readonly recheckAt: Instant } {
  const windowSeconds = stabilitySeconds(objects, policy.stabilityWindowSeconds);
  // A window noted before this apply belongs to another rollout (the one that is being rolled back).
  const valid = noted !== undefined && noted >= secondsAfter(appliedAt, windowSeconds) ? noted : undefined;
  const disturbances = judged.flatMap(({ health }) =>
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

/** Why an object isn't ready: what is found, else what it waits for. */
function causeOf({ object, health }: Judged): Cause {
  if ((health.verdict === 'progressing' || health.verdict === 'failed') && health.cause !== undefined)
    return health.cause;
  const blockedBy = health.verdict === 'progressing' ? health.blockedBy : undefined;
  const identity = identityOf(object);
  return {
    rule: readyRuleOf(identity),
    object: identity,
    summary: waitText(health),
    ...(blockedBy === undefined ? {} : { blockedBy }),
  };
}
