import { canonicalDigest } from '#domain/canonical-json.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { ClusterEvent, Pod, StatefulSet } from '#domain/workload.ts';
import {
  backOff,
  type ContainerBehaviour,
  crashesAtMilliseconds,
  podOf,
  readyAfterMilliseconds,
} from './rollout-pods.ts';

interface Member {
  readonly ordinal: number;
  readonly hash: string;
  readonly template: StatefulSet['spec']['template'];
  readonly uid: string;
  readonly createdAt: number;
}

/** What a StatefulSet shows at some moment. */
export interface ShownStatefulSet {
  readonly statefulSet: StatefulSet;
  readonly pods: readonly Pod[];
  readonly events: readonly ClusterEvent[];
}

/** StatefulSets that take their pods one after the other, as the real controller does. */
export interface StatefulSets {
  show(live: LiveObject, now: number): ShownStatefulSet;
  /** Deletes a pod by its uid; its controller makes another one. */
  removePod(uid: string): void;
}

/**
 * The controller's rules that matter to a rollout: pods in order, each waiting for the one before it, and replaced from
 * the last one back only while every one is ready. One that is never ready therefore stays (KUBERNETES.md §8, the trap).
 */
export function createStatefulSets(behaviourOf: (image: string) => ContainerBehaviour): StatefulSets {
  const sets = new Map<string, readonly Member[]>();
  let created = 0;

  const isReady = ({ template, createdAt }: Member, now: number): boolean =>
    behaviour(template).kind === 'runs' && now - createdAt >= readyAfterMilliseconds;
  const behaviour = (template: Member['template']): ContainerBehaviour =>
    behaviourOf(template.spec.containers[0]?.image ?? '');

  function create({ metadata, spec }: StatefulSet, ordinal: number, now: number): Member {
    created += 1;
    const uid = `pod-${metadata.name}-${ordinal}-${created}`;
    return { ordinal, hash: hashOf(spec.template), template: spec.template, uid, createdAt: now };
  }

  /** One step of the controller; the same members when there is nothing to do. */
  function reconcile(set: StatefulSet, members: readonly Member[], now: number): readonly Member[] {
    const { replicas = 1, template } = set.spec;
    const inOrder = members.filter(({ ordinal }) => ordinal < replicas);
    const missing = Array.from({ length: replicas }, (_, ordinal) => ordinal).find(
      (ordinal) => !inOrder.some((member) => member.ordinal === ordinal),
    );
    const waited = inOrder.some((member) => !isReady(member, now));
    if (missing !== undefined) {
      const before = inOrder.filter(({ ordinal }) => ordinal < missing);
      if (before.some((member) => !isReady(member, now))) return inOrder;
      return [...inOrder, create(set, missing, now)].toSorted((a, b) => a.ordinal - b.ordinal);
    }
    const stale = inOrder.findLast(({ hash }) => hash !== hashOf(template));
    if (waited || stale === undefined) return inOrder;
    return inOrder.map((member) => (member === stale ? create(set, stale.ordinal, now) : member));
  }

  return {
    show(live, now) {
      const set = live as StatefulSet;
      const uid = set.metadata.uid ?? '';
      const members = reconcile(set, sets.get(uid) ?? [], now);
      sets.set(uid, members);
      const ready = members.filter((member) => isReady(member, now));
      const pods = members.map((member) => podOfMember(set, member, behaviour(member.template), now));
      return {
        statefulSet: statusOf(set, members, ready.length),
        pods,
        events: members.flatMap((member, index) => {
          const pod = pods[index];
          const backsOff =
            behaviour(member.template).kind === 'crashes' &&
            now - member.createdAt >= crashesAtMilliseconds[1];
          return backsOff && pod !== undefined ? [backOff(pod, member.createdAt)] : [];
        }),
      };
    },
    removePod(uid) {
      for (const [set, members] of sets)
        sets.set(
          set,
          members.filter((member) => member.uid !== uid),
        );
    },
  };
}

function hashOf(template: Member['template']): string {
  return canonicalDigest(template).slice(7, 17);
}

function podOfMember(
  set: StatefulSet,
  { ordinal, hash, template, uid, createdAt }: Member,
  behaviour: ContainerBehaviour,
  now: number,
): Pod {
  const elapsed = now - createdAt;
  const isReady = behaviour.kind === 'runs' && elapsed >= readyAfterMilliseconds;
  const owner = { ...set, spec: { ...set.spec, template } };
  const pod = podOf(owner, ordinal, behaviour, createdAt, elapsed, isReady);
  const labels = { ...pod.metadata.labels, 'controller-revision-hash': `${set.metadata.name}-${hash}` };
  const conditions = [
    {
      type: 'Ready',
      status: isReady ? 'True' : 'False',
      lastTransitionTime: new Date(createdAt).toISOString(),
    },
  ];
  return { ...pod, metadata: { ...pod.metadata, uid, labels }, status: { ...pod.status, conditions } };
}

function statusOf(set: StatefulSet, members: readonly Member[], readyReplicas: number): StatefulSet {
  const update = hashOf(set.spec.template);
  const updatedReplicas = members.filter(({ hash }) => hash === update).length;
  const current = members.find(({ hash }) => hash !== update)?.hash ?? update;
  return {
    ...set,
    status: {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: members.length,
      readyReplicas,
      availableReplicas: readyReplicas,
      updatedReplicas,
      currentRevision: `${set.metadata.name}-${current}`,
      updateRevision: `${set.metadata.name}-${update}`,
    },
  };
}
