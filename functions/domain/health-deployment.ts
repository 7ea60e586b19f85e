import { type Cause, rootCause } from '#domain/cause.ts';
import { clockSlackMilliseconds, occurrencesOf } from '#domain/cluster-events.ts';
import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant } from '#domain/instant.ts';
import { conditionOf, momentOf } from '#domain/live-object.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import { type Finding, podFindings } from '#domain/pod-findings.ts';
import { refusedPods } from '#domain/refused-pods.ts';
import type { Deployment, Pod, ReplicaSet } from '#domain/workload.ts';

const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** The health of a Deployment by KUBERNETES.md §8 (strict: the old pods are gone) and §9 (early failure). */
export function judgeDeployment(
  object: KubernetesObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  const deployment = seen(evidence, 'apps/Deployment').find(
    ({ metadata }) =>
      metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace,
  );
  if (deployment === undefined) return { verdict: 'progressing', reason: 'does not exist yet' };
  if (deployment.metadata.deletionTimestamp !== undefined)
    return { verdict: 'deleting', reason: 'is being deleted' };
  const { generation = 0 } = deployment.metadata;
  const observed = deployment.status?.observedGeneration;
  if (observed === undefined || observed < generation)
    return { verdict: 'progressing', reason: 'not yet observed by its controller' };
  if (deployment.spec.paused === true) return { verdict: 'suspended', reason: 'is paused (spec.paused)' };
  return judgeRevision(deployment, evidence, context);
}

function judgeRevision(deployment: Deployment, evidence: RolloutEvidence, context: HealthContext): Health {
  const identity = identityOf(deployment);
  const replicaSet = currentReplicaSet(deployment, seen(evidence, 'apps/ReplicaSet'));
  // Pods that are on their way out end with 137 and tell nothing (E0); evicted ones are not the release's fault (E12).
  const pods = seen(evidence, '/Pod').filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      pod.status?.phase !== 'Failed' &&
      pod.metadata.ownerReferences?.some(
        ({ uid }) => replicaSet !== undefined && uid === replicaSet.metadata.uid,
      ),
  );
  const found = [
    ...refusedPods(identity, replicaSet ?? deployment, evidence, context),
    ...podFindings(identity, pods, evidence, context),
  ];
  const terminal = rootCause(found.filter(({ failed }) => failed).map(({ cause }) => cause));
  if (terminal !== undefined) return { verdict: 'failed', reason: terminal.summary, cause: terminal };
  const waiting = whatIsMissing(deployment, pods.length);
  if (waiting === undefined) return { verdict: 'ready', ...disturbance(pods, evidence, context) };
  return progressing(deployment, waiting, found, context);
}

/** The ReplicaSet of the Deployment's own revision: only its pods are judged (KUBERNETES.md H2). */
function currentReplicaSet(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const owned = replicaSets.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid),
  );
  const revision = deployment.metadata.annotations?.[revisionAnnotation];
  return owned.find(({ metadata }) => metadata.annotations?.[revisionAnnotation] === revision);
}

const noDeadline = 2_147_483_647;

/** The first clause of the ready rule that does not hold, in words; undefined when all hold. */
function whatIsMissing({ spec, status, metadata }: Deployment, podCount: number): string | undefined {
  const { replicas = 1, progressDeadlineSeconds } = spec;
  const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status ?? {};
  const total = status?.replicas ?? 0;
  if (updatedReplicas < replicas) return `${updatedReplicas} of ${replicas} new pods created`;
  if (total > updatedReplicas) return `${total - updatedReplicas} old pods still to end`;
  if (readyReplicas < replicas) return `${readyReplicas} of ${replicas} pods ready`;
  if (availableReplicas < replicas) return `${availableReplicas} of ${replicas} pods available`;
  if (podCount < replicas) return `${podCount} of ${replicas} pods seen`;
  if (replicas > 0 && conditionOf(status, 'Available')?.status !== 'True') return 'not available yet';
  const deadlineSet = progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== noDeadline;
  const complete = conditionOf(status, 'Progressing')?.reason === 'NewReplicaSetAvailable';
  if (deadlineSet && !complete)
    return `its controller has not finished rolling out generation ${metadata.generation ?? 0}`;
  return undefined;
}

function progressing(
  deployment: Deployment,
  waiting: string,
  found: readonly Finding[],
  { appliedAt }: HealthContext,
): Health {
  const cause = rootCause(found.map((finding) => finding.cause));
  if (controllerGaveUp(deployment, appliedAt)) {
    const own: Cause = {
      rule: 'H4',
      object: identityOf(deployment),
      summary: `exceeded its progress deadline of ${deployment.spec.progressDeadlineSeconds ?? 600} s: ${waiting}`,
    };
    return { verdict: 'failed', reason: (cause ?? own).summary, cause: cause ?? own };
  }
  const rechecks = found.flatMap(({ recheckAt }) => recheckAt ?? []);
  const blockedBy = found.find((finding) => finding.blockedBy !== undefined)?.blockedBy;
  return {
    verdict: 'progressing',
    reason:
      cause === undefined
        ? waiting
        : `${waiting}: ${cause.summary}${cause.detail === undefined ? '' : ` (${firstLine(cause.detail)})`}`,
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(cause === undefined ? {} : { cause }),
    ...(rechecks.length === 0 ? {} : { recheckAt: instant(Math.min(...rechecks)) }),
  };
}

// A condition from before the apply says something about the release before (H1); it has whole seconds.
function controllerGaveUp({ status }: Deployment, appliedAt: Instant): boolean {
  const condition = conditionOf(status, 'Progressing');
  const updatedAt = momentOf(condition?.lastUpdateTime);
  return (
    condition?.reason === 'ProgressDeadlineExceeded' &&
    updatedAt !== undefined &&
    updatedAt >= appliedAt - clockSlackMilliseconds
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** The last restart or liveness kill among the new pods (E15). */
function disturbance(
  pods: readonly Pod[],
  evidence: RolloutEvidence,
  { appliedAt }: HealthContext,
): { readonly disturbedAt?: Instant } {
  const moments = pods.flatMap((pod) => [
    ...(pod.status?.containerStatuses ?? [])
      .flatMap(({ state, lastState }) => [state?.terminated?.finishedAt, lastState?.terminated?.finishedAt])
      .flatMap((finishedAt) => momentOf(finishedAt) ?? []),
    ...occurrencesOf(seen(evidence, '/Event'), pod.metadata.uid, appliedAt)
      .filter(
        ({ reason, message }) =>
          (reason === 'Unhealthy' && message.startsWith('Liveness')) || reason === 'BackOff',
      )
      .map(({ lastSeen }) => lastSeen),
  ]);
  const recent = moments.filter((moment) => moment >= appliedAt);
  return recent.length === 0 ? {} : { disturbedAt: instant(Math.max(...recent)) };
}
