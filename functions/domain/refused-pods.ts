import { bringerOf } from '#domain/awaited-object.ts';
import type { Cause } from '#domain/cause.ts';
import { type Occurrence, occurrencesOf } from '#domain/cluster-events.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { type Condition, conditionOf, type LiveObject, momentOf } from '#domain/live-object.ts';
import type { Finding, PodOwner } from '#domain/pod-findings.ts';
import type { Pod } from '#domain/workload.ts';

const quotaSeconds = 60;
// As long as the client gives a webhook that does not answer (CL4).
const webhookSeconds = 240;
const refusedAttempts = 2;
// Events may be dropped; the condition alone counts after a while.
const silentSeconds = 5;

/** Pods that the API server refuses to create: no pod exists to tell, only their creator does (E6). */
export function refusedPods(
  owner: PodOwner,
  { creator, pods }: { readonly creator: LiveObject; readonly pods: readonly Pod[] },
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly Finding[] {
  const refusal = refusalOf(creator, pods, evidence, context);
  if (refusal === undefined) return [];
  const { detail, since, attempts } = refusal;
  const cause: Cause = {
    rule: 'E6',
    object: owner.identity,
    ...(owner.uid === undefined ? {} : { uid: owner.uid }),
    summary: summaryOf(detail),
    detail,
  };
  const serviceAccount = /serviceaccount "(?:[^"/]+\/)?([^"]+)" not found/i.exec(detail)?.[1];
  const { namespace } = creator.metadata;
  if (serviceAccount !== undefined && bringerOf('ServiceAccount', namespace, serviceAccount, context.objects))
    return [{ cause: { ...cause, lasting: true }, failed: false }];
  const patience = patienceSeconds(detail);
  if (patience !== undefined) {
    // While old pods end, a quota may free itself (surge); a webhook may come up.
    const limit = secondsAfter(since, patience);
    return [{ cause, failed: context.now >= limit, recheckAt: limit }];
  }
  const recheckAt = secondsAfter(since, silentSeconds);
  const failed = attempts >= refusedAttempts || context.now >= recheckAt;
  return [{ cause, failed, recheckAt }];
}

interface Refusal {
  readonly detail: string;
  readonly since: Instant;
  readonly attempts: number;
}

/** The condition where the creator has one (ReplicaSets), else its events since its last pod (the others). */
function refusalOf(
  creator: LiveObject,
  pods: readonly Pod[],
  evidence: RolloutEvidence,
  { appliedAt }: HealthContext,
): Refusal | undefined {
  const failures = occurrencesOf(evidence, creator.metadata.uid, appliedAt).filter(
    ({ reason, message }) => reason === 'FailedCreate' && !isPassing.test(message),
  );
  const condition = conditionOf(
    creator.status as { readonly conditions?: readonly Condition[] } | undefined,
    'ReplicaFailure',
  );
  const attempts = failures.reduce((sum, { count }) => sum + count, 0);
  if (creator.kind !== 'Deployment' && condition?.status === 'True' && condition.reason !== 'FailedDelete')
    return {
      detail: bare(condition.message ?? condition.reason ?? ''),
      since: instant(Math.max(momentOf(condition.lastTransitionTime) ?? 0, appliedAt)),
      attempts,
    };
  if (creator.kind === 'Deployment') return refusedReplicaSet(creator, appliedAt);
  // A ReplicaSet that could create its pods in the end takes its condition back.
  if (creator.kind === 'ReplicaSet' || failures.length === 0) return undefined;
  return stillRefused(failures, pods) ? refusalFrom(failures, attempts, appliedAt) : undefined;
}

/** A Deployment that may not even create its ReplicaSet says so in a condition of another name. */
function refusedReplicaSet({ status }: LiveObject, appliedAt: Instant): Refusal | undefined {
  const condition = conditionOf(
    status as { readonly conditions?: readonly Condition[] } | undefined,
    'Progressing',
  );
  if (condition?.reason !== 'ReplicaSetCreateError') return undefined;
  return { detail: bare(condition.message ?? ''), since: appliedAt, attempts: 1 };
}

// The creator lost a race of its own, and tries again.
const isPassing = /object is being deleted|already exists|the object has been modified/;

function stillRefused(failures: readonly Occurrence[], pods: readonly Pod[]): boolean {
  const newest = Math.max(0, ...pods.map(({ metadata }) => momentOf(metadata.creationTimestamp) ?? 0));
  return (failures.at(-1)?.lastSeen ?? 0) >= newest;
}

function refusalFrom(failures: readonly Occurrence[], attempts: number, appliedAt: Instant): Refusal {
  const first = Math.min(...failures.map(({ firstSeen }) => firstSeen));
  return {
    detail: bare(failures.at(-1)?.message ?? ''),
    since: instant(Math.max(first, appliedAt)),
    attempts,
  };
}

function patienceSeconds(detail: string): number | undefined {
  if (/exceeded quota/.test(detail)) return quotaSeconds;
  if (/failed calling webhook|Internal error|etcdserver|timed? ?out|try again/i.test(detail))
    return webhookSeconds;
  return undefined;
}

/** Without the name of the pod that was not to be, so that the same refusal is the same text. */
function bare(message: string): string {
  return message
    .replace(/^\(combined from similar events\): /, '')
    .replace(/^Error creating: /, '')
    .replace(/^create Pod \S+ in StatefulSet \S+ failed error: /, '')
    .replace(/^pods "[^"]*" is forbidden: /, '');
}

type Worded = readonly [RegExp, (match: RegExpExecArray) => string];

const summaries: readonly Worded[] = [
  [/exceeded quota: ([^,]+)/, ([, name]) => `its pods are refused: they exceed ResourceQuota '${name}'`],
  [/violates PodSecurity "([^"]+)"/, ([, level]) => `its pods are refused by pod security '${level}'`],
  [/admission webhook "([^"]+)" denied/, ([, name]) => `its pods are refused by admission webhook '${name}'`],
  [/failed calling webhook "([^"]+)"/, ([, name]) => `its pods wait for admission webhook '${name}'`],
  [
    /ValidatingAdmissionPolicy '([^']+)'/,
    ([, name]) => `its pods are refused by ValidatingAdmissionPolicy '${name}'`,
  ],
  [
    /serviceaccount "([^"]+)" not found/i,
    ([, name]) => `its pods are refused: ServiceAccount '${name?.split('/').at(-1)}' does not exist`,
  ],
  [
    /(maximum|minimum) \S+ usage per|limit to request ratio|LimitRange/i,
    () => 'its pods are refused by a LimitRange',
  ],
];

function summaryOf(detail: string): string {
  for (const [pattern, words] of summaries) {
    const match = pattern.exec(detail);
    if (match !== null) return words(match);
  }
  return 'its pods are refused';
}
