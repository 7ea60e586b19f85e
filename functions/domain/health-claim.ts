import { bringerOf } from '#domain/awaited-object.ts';
import type { Cause } from '#domain/cause.ts';
import { type Occurrence, occurrencesOf } from '#domain/cluster-events.ts';
import { findLive, type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { secondsAfter } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';
import type { Finding, PodOwner } from '#domain/pod-findings.ts';
import type { PersistentVolumeClaim, Pod, StorageClass } from '#domain/workload.ts';

const missingClass = /storageclass(?:\.storage\.k8s\.io)? "([^"]+)" not found/;
// Other failures may pass: a driver that starts, an API that throttles.
const terminalFailures = 3;
const passingSeconds = 30;
const provisioner = 'volume provisioner';

/**
 * A claim (KUBERNETES.md §8, E14): bound, or ready for now where its class waits for a pod and none mounts it yet; the
 * claim is then judged again through that pod.
 */
export function judgeClaim(
  own: Health,
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  const claim = live as PersistentVolumeClaim;
  if (own.verdict === 'deleting' || (claim.status?.phase ?? 'Pending') !== 'Pending') return own;
  const finding = provisioningFinding(claim, evidence, context);
  if (finding?.failed === true)
    return { verdict: 'failed', reason: finding.cause.summary, cause: finding.cause };
  if (finding === undefined && waitsForConsumer(claim, evidence, context) && !isMounted(claim, evidence))
    return { verdict: 'ready', note: 'it is bound once a pod mounts it: ready for now' };
  return {
    verdict: 'progressing',
    reason: finding?.cause.detail ?? 'no volume is bound to it yet',
    blockedBy: provisioner,
    ...(finding === undefined ? {} : { cause: finding.cause }),
    ...(finding?.recheckAt === undefined ? {} : { recheckAt: finding.recheckAt }),
  };
}

/** What keeps pods waiting for claims that aren't the release's own, such as a StatefulSet's (E14). */
export function claimFindings(
  owner: PodOwner,
  pods: readonly Pod[],
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly Finding[] {
  const waiting = pods.filter(({ spec }) => spec.nodeName === undefined);
  const claims = new Set(waiting.flatMap((pod) => claimsOf(pod, evidence)));
  return [...claims].flatMap((claim) => {
    const finding = provisioningFinding(claim, evidence, context);
    if (finding === undefined) return [];
    const summary = `its claim '${claim.metadata.name}' gets no volume: ${finding.cause.summary}`;
    return [{ ...finding, cause: { ...finding.cause, object: owner.identity, summary } }];
  });
}

function claimsOf({ metadata, spec }: Pod, evidence: RolloutEvidence): readonly PersistentVolumeClaim[] {
  return (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
    if (persistentVolumeClaim === undefined) return [];
    const claim = findLive(evidence, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: metadata.namespace ?? 'default', name: persistentVolumeClaim.claimName },
    });
    return claim === undefined ? [] : [claim as PersistentVolumeClaim];
  });
}

/** What the provisioner says against a claim since the apply; undefined when it says nothing. */
function provisioningFinding(
  claim: PersistentVolumeClaim,
  evidence: RolloutEvidence,
  context: HealthContext,
): Finding | undefined {
  if (claim.status?.phase === 'Bound') return undefined;
  const failures = eventsOf(claim, evidence, context).filter(({ reason }) => reason === 'ProvisioningFailed');
  const last = failures.at(-1);
  if (last === undefined) return undefined;
  const name = missingClass.exec(last.message)?.[1];
  const cause: Cause = {
    rule: 'E14',
    object: identityOf(claim),
    ...(claim.metadata.uid === undefined ? {} : { uid: claim.metadata.uid }),
    summary:
      name === undefined ? 'its volume cannot be provisioned' : `StorageClass '${name}' does not exist`,
    detail: last.message,
    blockedBy: provisioner,
    ...(name === undefined ? {} : { missing: { kind: 'StorageClass', namespace: '', name } }),
  };
  if (name !== undefined) {
    const awaited = bringerOf('StorageClass', undefined, name, context.objects) !== undefined;
    const { blockedBy: _, ...certain } = cause;
    return { cause: awaited ? { ...certain, lasting: true } : certain, failed: !awaited };
  }
  const recheckAt = secondsAfter(failures[0]?.firstSeen ?? last.lastSeen, passingSeconds);
  const count = failures.reduce((sum, failure) => sum + failure.count, 0);
  return {
    cause,
    failed: count >= terminalFailures && context.now >= recheckAt,
    blockedBy: provisioner,
    recheckAt,
  };
}

function eventsOf(
  claim: PersistentVolumeClaim,
  evidence: RolloutEvidence,
  { appliedAt }: HealthContext,
): readonly Occurrence[] {
  return occurrencesOf(evidence, claim.metadata.uid, appliedAt);
}

function waitsForConsumer(
  claim: PersistentVolumeClaim,
  evidence: RolloutEvidence,
  context: HealthContext,
): boolean {
  const name = claim.spec?.storageClassName;
  const classes = [...seen(evidence, 'storage.k8s.io/StorageClass'), ...(context.objects as StorageClass[])];
  const isDelayed = classes.some(
    ({ kind, metadata, volumeBindingMode }) =>
      kind === 'StorageClass' && metadata.name === name && volumeBindingMode === 'WaitForFirstConsumer',
  );
  return (
    isDelayed || eventsOf(claim, evidence, context).some(({ reason }) => reason === 'WaitForFirstConsumer')
  );
}

function isMounted({ metadata }: PersistentVolumeClaim, evidence: RolloutEvidence): boolean {
  return seen(evidence, '/Pod').some(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      pod.metadata.deletionTimestamp === undefined &&
      pod.spec.volumes?.some(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name,
      ),
  );
}
