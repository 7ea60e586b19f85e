import { bringerOf } from '#domain/awaited-object.ts';
import type { Occurrence } from '#domain/cluster-events.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, secondsAfter } from '#domain/instant.ts';
import { conditionOf } from '#domain/live-object.ts';
import type { PodSignal } from '#domain/pod-signal.ts';
import type { Pod } from '#domain/workload.ts';

// What no node and no autoscaler cures (E7); anything else may be waiting for one.
const missingClaim = /persistentvolumeclaim "([^"]+)" not found/;
const incurableSeconds = 30;
const unboundClaim = /unbound immediate PersistentVolumeClaims|waiting for.*PersistentVolumeClaim/i;

// What autoscalers say of a pod (E8): the cluster autoscaler's events, and Karpenter's.
const scalingReasons = new Set(['TriggeredScaleUp', 'Nominated']);
const scalingSeconds = 600;
const refusedScaling = /max node group size reached|max limit reached|exceed.* limit/i;
const incompatible =
  /incompatible with (nodepool|provisioner|requirements)|no instance type (satisfied|which|met)/i;
const refusedScalingSeconds = 60;

/** A pod that finds no node (E7), with what an autoscaler says of it (E8). */
export function schedulingSignals(
  pod: Pod,
  occurrences: readonly Occurrence[],
  evidence: RolloutEvidence,
  { context, since }: { readonly context: HealthContext; readonly since: Instant },
): readonly PodSignal[] {
  const condition = conditionOf(pod.status, 'PodScheduled');
  if (condition?.status !== 'False' || condition.reason === 'SchedulingGated') return [];
  const message = condition.message ?? 'the scheduler finds no node';
  const shared = { summary: 'cannot be scheduled', detail: message, attempts: 1 } as const;
  const claim = missingClaim.exec(message)?.[1];
  if (claim !== undefined) {
    const { namespace = 'default' } = pod.metadata;
    const awaited = bringerOf('PersistentVolumeClaim', namespace, claim, context.objects) !== undefined;
    const missing = { kind: 'PersistentVolumeClaim', namespace, name: claim };
    const limits = awaited ? [] : [{ kind: 'at', moment: secondsAfter(since, incurableSeconds) } as const];
    return [{ ...shared, rule: 'E7', limits, blockedBy: 'claim', missing }];
  }
  if (unboundClaim.test(message)) return [{ ...shared, rule: 'E7', limits: [], blockedBy: 'claim' }];
  return [
    { ...shared, rule: 'E7', limits: [], blockedBy: 'scheduler', ...autoscaling(occurrences, evidence) },
  ];
}

/** What an autoscaler makes of it: it brings a node, or says that it won't. */
function autoscaling(occurrences: readonly Occurrence[], evidence: RolloutEvidence): Partial<PodSignal> {
  const scaling = occurrences.filter(({ reason }) => scalingReasons.has(reason)).at(-1);
  const refused = occurrences
    .filter(
      ({ reason, message }) =>
        (reason === 'NotTriggerScaleUp' && refusedScaling.test(message)) ||
        (reason === 'FailedScheduling' && incompatible.test(message)),
    )
    .at(-1);
  if (scaling !== undefined && (refused === undefined || refused.lastSeen < scaling.lastSeen)) {
    const moment = secondsAfter(scaling.lastSeen, scalingSeconds);
    const refusal = refusedClaim(scaling.message, evidence);
    if (refusal !== undefined)
      return {
        rule: 'E8',
        summary: 'cannot be scheduled, and its node cannot be launched',
        detail: refusal,
        limits: [{ kind: 'now' }],
        blockedBy: 'autoscaler',
      };
    return {
      rule: 'E8',
      summary: 'waits for a node that the autoscaler brings',
      detail: scaling.message,
      limits: [{ kind: 'at', moment }],
      patientUntil: moment,
      blockedBy: 'autoscaler',
    };
  }
  if (refused === undefined) return {};
  const moment = secondsAfter(refused.firstSeen, refusedScalingSeconds);
  return {
    rule: 'E8',
    summary: 'cannot be scheduled, and the autoscaler brings no node',
    detail: refused.message,
    limits: [{ kind: 'at', moment }],
    patientUntil: moment,
    blockedBy: 'autoscaler',
  };
}

const nominated = /nodeclaim\/([\w.-]+)/;
// What EC2 refuses for what it is; capacity that is short now may come back.
const hopelessLaunch = /unauthorized|invalid ?parameter|not authorized|accessdenied/i;

/** Why the node that Karpenter has named for a pod is never going to be: its claim says so. */
function refusedClaim(message: string, evidence: RolloutEvidence): string | undefined {
  const name = nominated.exec(message)?.[1];
  const claim = (evidence['karpenter.sh/NodeClaim'] ?? []).find(({ metadata }) => metadata.name === name);
  const launched = conditionOf(claim?.status as Parameters<typeof conditionOf>[0], 'Launched');
  const words = `${launched?.reason ?? ''} ${launched?.message ?? ''}`.trim();
  return launched?.status === 'False' && hopelessLaunch.test(words)
    ? `NodeClaim ${name}: ${words}`
    : undefined;
}
