import { numberAt, textAt } from '#domain/health/live-fields.ts';
import { type HealthRule, progressing, ready, readyBut, shortOf } from '#domain/health/rule.ts';
import type { LiveObject } from '#domain/live-object.ts';

/**
 * A DaemonSet (KUBERNETES.md §8): on every node that it is meant for, a pod of the new revision, ready and available.
 * Judged anew each time, because an autoscaler changes how many nodes there are. `numberMisscheduled` says nothing.
 */
export const daemonSetHealth: HealthRule = (live) => {
  const desired = numberAt(live, 'status', 'desiredNumberScheduled');
  if (desired === undefined) return progressing('its controller has not counted its nodes yet');
  const counts = countsOf(live, desired);
  const isOnDelete = textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  if (counts.updated < desired && !isOnDelete)
    return progressing(shortOf(counts.updated, desired, 'new pods created'));
  if (counts.current !== desired) return progressing(shortOf(counts.current, desired, 'nodes have a pod'));
  if (counts.ready < desired) return progressing(shortOf(counts.ready, desired, 'pods ready'));
  if (counts.available < desired) return progressing(shortOf(counts.available, desired, 'pods available'));
  if (desired === 0) return readyBut('no node matches it: it runs nowhere');
  const left = desired - counts.updated;
  return left > 0 ? readyBut(`${left} pods still on the revision before (OnDelete)`) : ready;
};

// Some counts follow from others, and not every writer of a status spells all of them out: an available pod is ready,
// a ready or updated one runs on its node, and available and unavailable ones are together the desired.
function countsOf(live: LiveObject, desired: number) {
  const count = (field: string) => numberAt(live, 'status', field) || undefined;
  const unavailable = numberAt(live, 'status', 'numberUnavailable');
  const told = count('numberReady');
  const available =
    count('numberAvailable') ?? (unavailable === undefined ? (told ?? 0) : desired - unavailable);
  const ready = told ?? available;
  const updated = count('updatedNumberScheduled') ?? 0;
  return { available, ready, updated, current: count('currentNumberScheduled') ?? Math.max(ready, updated) };
}
