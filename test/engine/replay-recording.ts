import { type Diagnosis, diagnosisHeadline } from '#domain/diagnosis.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import type { RolloutDecision, RolloutPolicy } from '#domain/rollout.ts';
import { type RolloutLook, watchRollout } from '#tasks/parts/watch-rollout.ts';
import { playRecording } from './recorded-cluster.ts';
import { appliedAt as appliedAtOf, type Recording } from './recording.ts';

/** What a recording amounts to, in the words of its index. */
export interface Verdict {
  readonly verdict: string;
  /** The rule of KUBERNETES.md that decided; empty where it is plainly ready. */
  readonly rule: string;
  readonly cause: string;
  /** From the apply to when the verdict was first shown and stayed. */
  readonly atMilliseconds: number;
  readonly diagnosis?: Diagnosis;
  /** How many looks it took. */
  readonly looks: number;
}

/** As environments have it that say nothing else. */
export const defaultPolicy: RolloutPolicy = { stabilityWindowSeconds: 10, deadlineSeconds: 600 };

/** Plays a recording through the very path that Observe takes, on a clock of its own, and answers the verdict. */
export async function replayRecording(
  recording: Recording,
  policy: RolloutPolicy = defaultPolicy,
): Promise<Verdict> {
  const refused = recording.applied.find(({ code }) => code >= 300);
  const from = appliedAtOf(recording);
  if (refused !== undefined) {
    const cause = `${refused.ref} was refused (${refused.code})`;
    return { verdict: 'failed', rule: 'CL4', cause, atMilliseconds: refused.t - from, looks: 0 };
  }
  const { cluster, clock, begunAt } = playRecording(recording, from);
  const appliedAt = instant(begunAt + from);
  const stretch = createStretch();
  let looks = 0;
  const look = await watchRollout({
    cluster,
    clock,
    policy: { ...policy, namespace: recording.manifest[0]?.metadata.namespace ?? 'default' },
    objects: recording.manifest,
    appliedAt,
    // Past every deadline and window: something is decided by then.
    until: secondsAfter(appliedAt, policy.deadlineSeconds + policy.stabilityWindowSeconds + 3_600),
    changes: [],
    async note(seen) {
      looks += 1;
      stretch.see(seen);
    },
    // What happened in a recording can't be helped any more.
    carryOut: async (remedy) => remedy,
  });
  return { ...verdictOf(look, stretch.since(look), appliedAt), looks };
}

function verdictOf(
  { decision, diagnosis }: RolloutLook,
  since: Instant,
  appliedAt: Instant,
): Omit<Verdict, 'looks'> {
  const atMilliseconds = since - appliedAt;
  if (decision.kind === 'stable') {
    const { rule = '', text = '' } = decision.warnings[0] ?? decision.notes[0] ?? {};
    return { verdict: readyWord(decision), rule, cause: text, atMilliseconds };
  }
  if (decision.kind === 'waiting') throw new Error('the replay ended without a decision');
  return {
    verdict: decision.as,
    rule: decision.cause?.rule ?? 'H4',
    cause: diagnosis === undefined ? decision.waitingFor.join('; ') : diagnosisHeadline(diagnosis),
    atMilliseconds,
    ...(diagnosis === undefined ? {} : { diagnosis }),
  };
}

function readyWord({ warnings, isSuspended }: RolloutDecision): string {
  if (isSuspended) return 'suspended';
  return warnings.length > 0 ? 'ready-with-warning' : 'ready';
}

/** Since when a rollout was seen to be blocked or suspended without a break: that is shown long before its deadline. */
function createStretch() {
  let begun: Instant | undefined;
  const isHeld = ({ isBlocked, isSuspended }: RolloutDecision) => isBlocked || isSuspended;
  return {
    see({ decision, now }: RolloutLook): void {
      if (decision.kind === 'waiting') begun = isHeld(decision) ? (begun ?? now) : undefined;
    },
    since({ decision, now }: RolloutLook): Instant {
      const isShownBefore = 'as' in decision && (decision.as === 'blocked' || decision.as === 'suspended');
      return isShownBefore ? (begun ?? now) : now;
    },
  };
}
