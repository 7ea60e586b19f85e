import { isVerdictInTime, rootCause } from '#domain/cause.ts';
import { evictionDisturbance, evictionFindings, isEvicted } from '#domain/eviction-findings.ts';
import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import { claimFindings } from '#domain/health-claim.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { instant, secondsAfter } from '#domain/instant.ts';
import { type LiveObject, observedGeneration } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';
import { neededSeconds } from '#domain/object-deadline.ts';
import { lastDisturbance } from '#domain/pod-disturbance.ts';
import { type Finding, podFindings } from '#domain/pod-findings.ts';
import { refusedPods } from '#domain/refused-pods.ts';
import { stuckPods } from '#domain/stuck-pods.ts';
import type { DaemonSet, StatefulSet } from '#domain/workload.ts';
import { type Revision, revisionOf } from '#domain/workload-revision.ts';

type Settled = Extract<Health, { verdict: 'ready' | 'progressing' | 'failed' }>;

/**
 * A workload by its own status (`own`) and by what its new pods, their events and whoever creates them show
 * (KUBERNETES.md §9): early failure, what blocks it, and what disturbed it when it is ready.
 */
export function judgeWorkload(
  own: Health,
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  if (own.verdict !== 'ready' && own.verdict !== 'progressing' && own.verdict !== 'failed') return own;
  const revision = revisionOf(evidenceKey(live), live, evidence);
  // Which revision is the present one isn't known before its controller has looked.
  if (revision === undefined || !isObserved(live)) return own;
  const findings = findingsOf(live, revision, evidence, context);
  const terminal = rootCause(findings.filter(({ failed }) => failed).map(({ cause }) => cause));
  if (terminal !== undefined) return { verdict: 'failed', reason: terminal.summary, cause: terminal };
  if (own.verdict === 'ready') return judgeReady(own, live, revision, evidence, context);
  if (own.verdict === 'failed' && own.cause.rule !== 'E6')
    return atDeadline(own, live, findings, evidence, context);
  return progressing(own, live, findings, evidence, context);
}

function isObserved(live: LiveObject): boolean {
  return (observedGeneration(live) ?? live.metadata.generation ?? 0) >= (live.metadata.generation ?? 0);
}

function findingsOf(
  live: LiveObject,
  { pods, creator }: Revision,
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly Finding[] {
  const owner = { identity: identityOf(live), uid: live.metadata.uid };
  const judged = pods.filter((pod) => !isEvicted(pod) && pod.status?.phase !== 'Failed');
  return [
    ...refusedPods(owner, { creator, pods: judged }, evidence, context),
    ...podFindings(owner, judged, evidence, context),
    ...claimFindings(owner, judged, evidence, context),
    ...evictionFindings(owner, pods, evidence, context),
  ];
}

function judgeReady(
  own: Extract<Health, { verdict: 'ready' }>,
  live: LiveObject,
  { pods }: Revision,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  // Pods are seen by a watch of their own: until it has caught up, nobody knows how they fare.
  const wanted = wantedPods(live);
  if (pods.length < wanted)
    return { verdict: 'progressing', reason: `${pods.length} of ${wanted} pods seen` };
  const moments = [lastDisturbance(pods, evidence, context), evictionDisturbance(pods)].filter(
    (moment) => moment !== undefined,
  );
  return moments.length === 0 ? own : { ...own, disturbedAt: instant(Math.max(...moments)) };
}

/** New pods that a ready workload must have. */
function wantedPods({ kind, spec, status }: LiveObject): number {
  const { replicas = 0, updateStrategy } = (spec ?? {}) as Partial<StatefulSet['spec']>;
  if (updateStrategy?.type === 'OnDelete') return 0;
  if (kind === 'DaemonSet') return (status as DaemonSet['status'])?.desiredNumberScheduled ?? 0;
  return replicas - (updateStrategy?.rollingUpdate?.partition ?? 0);
}

/** Its own deadline has passed; not where its probes need longer (H4), or an autoscaler is at work (E8). */
function atDeadline(
  own: Extract<Settled, { verdict: 'failed' }>,
  live: LiveObject,
  findings: readonly Finding[],
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  if (own.cause.rule !== 'H4') return own;
  const patience = Math.max(
    secondsAfter(context.appliedAt, neededSeconds(live)),
    ...findings.map(({ patientUntil }) => patientUntil ?? 0),
  );
  if (context.now < patience) {
    const waiting = progressing(own, live, findings, evidence, context);
    return { ...waiting, recheckAt: instant(patience), patientUntil: instant(patience) };
  }
  const cause = rootCause(findings.map((finding) => finding.cause));
  return {
    verdict: 'failed',
    reason: (cause ?? own.cause).summary,
    cause: cause ?? own.cause,
    ...(cause !== undefined && isVerdictInTime(cause) ? {} : { atDeadline: true }),
  };
}

function progressing(
  own: Extract<Settled, { verdict: 'progressing' | 'failed' }>,
  live: LiveObject,
  findings: readonly Finding[],
  evidence: RolloutEvidence,
  context: HealthContext,
): Extract<Health, { verdict: 'progressing' }> {
  const cause = rootCause(findings.map((finding) => finding.cause));
  const rechecks = findings.flatMap(({ recheckAt }) => recheckAt ?? []);
  const patience = findings.flatMap(({ patientUntil }) => patientUntil ?? []);
  const blockedBy = findings.find((finding) => finding.blockedBy !== undefined)?.blockedBy;
  const remedies = [...findings.flatMap(({ remedy }) => remedy ?? []), ...stuckPods(live, evidence, context)];
  return {
    verdict: 'progressing',
    reason:
      cause === undefined
        ? own.reason
        : `${own.reason}: ${cause.summary}${cause.detail === undefined ? '' : ` (${firstLine(cause.detail)})`}`,
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(cause === undefined ? {} : { cause }),
    ...(rechecks.length === 0 ? {} : { recheckAt: instant(Math.min(...rechecks)) }),
    ...(patience.length === 0 ? {} : { patientUntil: instant(Math.max(...patience)) }),
    ...(remedies.length === 0 ? {} : { remedies }),
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
