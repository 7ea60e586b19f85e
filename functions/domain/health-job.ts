import { type Cause, rootCause } from '#domain/cause.ts';
import { isEvicted } from '#domain/eviction-findings.ts';
import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { instant } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';
import { type Finding, podFindings } from '#domain/pod-findings.ts';
import { refusedPods } from '#domain/refused-pods.ts';
import type { Job } from '#domain/workload.ts';
import { revisionOf } from '#domain/workload-revision.ts';

const ended = new Set(['E2', 'E2b', 'E2c', 'E3', 'E10', 'E11']);

/**
 * A Job by its own status and its pods (KUBERNETES.md E13): the first pod that fails is told at once, the verdict is the
 * Job's, because it is the Job that tries again.
 */
export function judgeJob(
  own: Health,
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  if (own.verdict !== 'progressing' && own.verdict !== 'failed') return own;
  const { findings, crash } = findingsOf(live, evidence, context);
  const terminal = rootCause(findings.filter(({ failed }) => failed).map(({ cause }) => cause));
  if (own.verdict === 'failed') return jobFailed(own, live, crash, terminal);
  if (terminal !== undefined) return { verdict: 'failed', reason: terminal.summary, cause: terminal };
  const cause = rootCause([...findings.map((finding) => finding.cause), ...(crash ? [crash] : [])]);
  const rechecks = findings.flatMap(({ recheckAt }) => recheckAt ?? []);
  const blockedBy = findings.find((finding) => finding.blockedBy !== undefined)?.blockedBy;
  return {
    ...own,
    reason:
      cause === undefined ? own.reason : `${own.reason}: ${cause.summary}${retryText(live, cause, crash)}`,
    ...(cause === undefined ? {} : { cause }),
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(rechecks.length === 0 ? {} : { recheckAt: instant(Math.min(...rechecks)) }),
  };
}

function findingsOf(
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): { readonly findings: readonly Finding[]; readonly crash: Cause | undefined } {
  const owner = { identity: identityOf(live), uid: live.metadata.uid };
  const { pods, creator } = revisionOf(evidenceKey(live), live, evidence) ?? { pods: [], creator: live };
  const judged = pods.filter((pod) => !isEvicted(pod));
  const all = podFindings(owner, judged, evidence, context);
  const crash = rootCause(all.filter(({ cause }) => ended.has(cause.rule)).map(({ cause }) => cause));
  return {
    // A command that is not in the image is in none of its other pods' either.
    findings: [
      ...refusedPods(owner, { creator, pods: judged }, evidence, context),
      ...all.filter(({ cause, failed }) => !ended.has(cause.rule) || (failed && cause.rule === 'E3')),
    ],
    crash,
  };
}

function retryText(live: LiveObject, cause: Cause, crash: Cause | undefined): string {
  const { spec, status } = live as Job;
  if (cause !== crash || spec.backoffLimit === undefined) return '';
  return `; tries again, ${spec.backoffLimit} times in all, ${status?.failed ?? 0} failed so far`;
}

function jobFailed(
  own: Extract<Health, { verdict: 'failed' }>,
  live: LiveObject,
  crash: Cause | undefined,
  terminal: Cause | undefined,
): Health {
  if (terminal !== undefined && crash === undefined)
    return { verdict: 'failed', reason: terminal.summary, cause: terminal };
  const { reason, message } = failureOf(live as Job);
  const summary = `the Job failed${reason === '' ? '' : ` (${reason})`}`;
  const cause: Cause = {
    ...(crash ?? {}),
    rule: 'E13',
    object: identityOf(live),
    ...(live.metadata.uid === undefined ? {} : { uid: live.metadata.uid }),
    summary: crash === undefined ? summary : `${summary}: ${crash.summary}`,
    detail: message === '' ? (own.cause.detail ?? own.reason) : message,
  };
  return { verdict: 'failed', reason: cause.summary, cause };
}

function failureOf({ status }: Job): { readonly reason: string; readonly message: string } {
  const condition = status?.conditions?.find(
    ({ type, status: holds }) => (type === 'FailureTarget' || type === 'Failed') && holds === 'True',
  );
  return { reason: condition?.reason ?? '', message: condition?.message ?? '' };
}
