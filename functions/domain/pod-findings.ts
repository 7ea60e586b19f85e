import type { Cause } from '#domain/cause.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant } from '#domain/instant.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import { suspectNode } from '#domain/node-suspect.ts';
import type { PodSignal, SignalLimit } from '#domain/pod-signal.ts';
import { podSignals } from '#domain/pod-signals.ts';
import type { Remedy } from '#domain/remedy.ts';
import type { Pod } from '#domain/workload.ts';

/** One thing that is wrong with a workload, and whether it is a verdict by now. */
export interface Finding {
  readonly cause: Cause;
  readonly failed: boolean;
  readonly recheckAt?: Instant;
  readonly blockedBy?: string;
  readonly patientUntil?: Instant;
  /** What is to be tried before it counts. */
  readonly remedy?: Remedy;
}

/** The workload whose pods are judged. */
export interface PodOwner {
  readonly identity: ObjectIdentity;
  readonly uid: string | undefined;
}

interface Member {
  readonly pod: Pod;
  readonly signal: PodSignal;
}

/** Signals of all new pods, the same ones folded into one finding each (G1, E16). */
export function podFindings(
  owner: PodOwner,
  pods: readonly Pod[],
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly Finding[] {
  const members = pods.flatMap((pod) =>
    podSignals(pod, evidence, context).map((signal): Member => ({ pod, signal })),
  );
  const groups = Map.groupBy(
    members,
    ({ signal }) => `${signal.rule}|${signal.container ?? ''}|${signal.summary}`,
  );
  return [...groups.values()].map((group) => findingOf(owner, group, pods, context));
}

function findingOf(
  owner: PodOwner,
  group: readonly Member[],
  pods: readonly Pod[],
  context: HealthContext,
): Finding {
  const signals = group.map(({ signal }) => signal);
  // The pod that shows it most is the one to read the log of.
  const worst = group.reduce((most, each) => (each.signal.attempts > most.signal.attempts ? each : most));
  const moments = signals
    .flatMap(({ limits }) => limits)
    .flatMap((limit) => (limit.kind === 'at' && limit.moment > context.now ? limit.moment : []));
  const patience = signals.flatMap(({ patientUntil }) => patientUntil ?? []);
  const failed = isTerminal(signals, context.now);
  const affected = new Set(group.map(({ pod }) => pod.metadata.name));
  const remedy = failed ? suspectNode(owner.identity, affected, pods, context) : undefined;
  return {
    cause: {
      ...causeOf(owner, worst, { affected: affected.size, total: pods.length }),
      // While an autoscaler is at work a deadline finds the release blocked, not failed.
      ...(signals.every(({ limits, patientUntil }) => limits.length === 0 || patientUntil !== undefined)
        ? { lasting: true }
        : {}),
    },
    failed: failed && remedy === undefined,
    ...(moments.length === 0 ? {} : { recheckAt: instant(Math.min(...moments)) }),
    ...(worst.signal.blockedBy === undefined ? {} : { blockedBy: worst.signal.blockedBy }),
    ...(patience.length === 0 ? {} : { patientUntil: instant(Math.max(...patience)) }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function isTerminal(signals: readonly PodSignal[], now: Instant): boolean {
  const together = signals.reduce((sum, { attempts }) => sum + attempts, 0);
  return signals.some(({ limits, attempts }) =>
    limits.some((limit) => isReached(limit, attempts, together, now)),
  );
}

function isReached(limit: SignalLimit, attempts: number, together: number, now: Instant): boolean {
  switch (limit.kind) {
    case 'now':
      return true;
    case 'at':
      return now >= limit.moment;
    case 'attempts-each':
      return attempts >= limit.attempts;
    case 'attempts-together':
      return together >= limit.attempts;
  }
}

function causeOf(owner: PodOwner, { signal, pod }: Member, counted: NonNullable<Cause['pods']>): Cause {
  const { rule, summary, detail, container, termination, logFrom, missing, blockedBy } = signal;
  return {
    rule,
    object: owner.identity,
    ...(owner.uid === undefined ? {} : { uid: owner.uid }),
    summary,
    pods: counted,
    pod: { namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name },
    ...(detail === undefined ? {} : { detail }),
    ...(container === undefined ? {} : { container }),
    ...(termination === undefined ? {} : { termination }),
    ...(logFrom === undefined ? {} : { logFrom }),
    ...(missing === undefined ? {} : { missing }),
    ...(blockedBy === undefined ? {} : { blockedBy }),
  };
}
