import type { Cause } from '#domain/cause.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant } from '#domain/instant.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import type { PodSignal, SignalLimit } from '#domain/pod-signal.ts';
import { podSignals } from '#domain/pod-signals.ts';
import type { Pod } from '#domain/workload.ts';

/** One thing that is wrong with a workload's new pods, and whether it is a verdict by now. */
export interface Finding {
  readonly cause: Cause;
  readonly failed: boolean;
  readonly recheckAt?: Instant;
  readonly blockedBy?: string;
}

/** Signals of all new pods, the same ones folded into one finding each (G1, E16). */
export function podFindings(
  object: ObjectIdentity,
  pods: readonly Pod[],
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly Finding[] {
  const signals = pods.flatMap((pod) =>
    podSignals(pod, evidence, context).map((signal) => ({ pod, signal })),
  );
  const groups = Map.groupBy(
    signals,
    ({ signal }) => `${signal.rule}|${signal.container ?? ''}|${signal.summary}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    // The pod that shows it most is the one to read the log of.
    const worst = group.toSorted((a, b) => b.signal.attempts - a.signal.attempts)[0] ?? first;
    const members = group.map(({ signal }) => signal);
    const moments = members.flatMap(({ limit }) => (limit.kind === 'at' ? limit.moment : []));
    return [
      {
        cause: causeOf(object, worst.signal, worst.pod, group.length, pods.length),
        failed: isTerminal(members, context.now),
        ...(moments.length === 0 ? {} : { recheckAt: instant(Math.min(...moments)) }),
        ...(worst.signal.blockedBy === undefined ? {} : { blockedBy: worst.signal.blockedBy }),
      },
    ];
  });
}

function isTerminal(signals: readonly PodSignal[], now: Instant): boolean {
  const together = signals.reduce((sum, { attempts }) => sum + attempts, 0);
  return signals.some(({ limit, attempts }) => isReached(limit, attempts, together, now));
}

function isReached(limit: SignalLimit, attempts: number, together: number, now: Instant): boolean {
  switch (limit.kind) {
    case 'now':
      return true;
    case 'never':
      return false;
    case 'at':
      return now >= limit.moment;
    case 'attempts-each':
      return attempts >= limit.attempts;
    case 'attempts-together':
      return together >= limit.attempts;
  }
}

function causeOf(
  object: ObjectIdentity,
  signal: PodSignal,
  pod: Pod,
  affected: number,
  total: number,
): Cause {
  const { rule, summary, detail, container, exitCode, hasLog } = signal;
  return {
    rule,
    object,
    summary,
    pods: { affected, total },
    ...(detail === undefined ? {} : { detail }),
    ...(container === undefined ? {} : { container }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(hasLog === true && container !== undefined
      ? { logFrom: { namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, container } }
      : {}),
  };
}
