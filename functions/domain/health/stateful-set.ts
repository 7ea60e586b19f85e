import { numberAt, textAt } from '#domain/health/live-fields.ts';
import { type HealthRule, progressing, ready, readyBut, shortOf } from '#domain/health/rule.ts';
import type { LiveObject } from '#domain/live-object.ts';

/**
 * A StatefulSet (KUBERNETES.md §8). Its controller writes no condition, so that nothing here can fail: what keeps its
 * pods from being ready is found at the pods (E). With `OnDelete` its pods must be ready, on whichever revision
 * (kstatus and Argo CD: ready at once; kubectl: an error).
 */
export const statefulSetHealth: HealthRule = (live) => {
  const replicas = numberAt(live, 'spec', 'replicas') ?? 1;
  const missing = missingPods(live, replicas);
  if (missing !== undefined) return progressing(missing);
  const updated = updatedReplicas(live);
  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') return staying(live, replicas - updated);
  const partition = numberAt(live, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const wanted = Math.max(0, replicas - partition);
  if (updated < wanted)
    return progressing(shortOf(updated, wanted, `pods on revision ${updateRevision(live)}`));
  if (partition > 0) return staying(live, replicas - updated);
  const current = textAt(live, 'status', 'currentRevision');
  return current === textAt(live, 'status', 'updateRevision')
    ? ready
    : progressing(`revision ${current ?? 'before'} is not yet replaced`);
};

function missingPods(live: LiveObject, replicas: number): string | undefined {
  const count = (field: string) => numberAt(live, 'status', field) ?? 0;
  if (count('replicas') > replicas) return `${count('replicas') - replicas} pods still to end`;
  const readyReplicas = count('readyReplicas');
  if (readyReplicas < replicas) return shortOf(readyReplicas, replicas, 'pods ready');
  // Servers before 1.22 don't count it, and without minReadySeconds a ready pod is an available one.
  const isCounted = count('availableReplicas') > 0 || (numberAt(live, 'spec', 'minReadySeconds') ?? 0) > 0;
  return isCounted && count('availableReplicas') < replicas
    ? shortOf(count('availableReplicas'), replicas, 'pods available')
    : undefined;
}

// Where the status tells of no revisions at all, its current pods are the only ones there are.
function updatedReplicas(live: LiveObject): number {
  const tellsRevisions = textAt(live, 'status', 'updateRevision') !== undefined;
  const updated = numberAt(live, 'status', 'updatedReplicas');
  return updated ?? (tellsRevisions ? undefined : numberAt(live, 'status', 'currentReplicas')) ?? 0;
}

function staying(live: LiveObject, count: number) {
  const revision = textAt(live, 'status', 'currentRevision') ?? 'the revision before';
  return count > 0 ? readyBut(`${count} pods still on revision ${revision}`) : ready;
}

function updateRevision(live: LiveObject): string {
  return textAt(live, 'status', 'updateRevision') ?? 'of the update';
}
