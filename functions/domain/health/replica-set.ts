import { numberAt } from '#domain/health/live-fields.ts';
import { replicaFailure } from '#domain/health/replica-failure.ts';
import { type HealthRule, progressing, ready, shortOf } from '#domain/health/rule.ts';

const clauses = [
  { field: 'fullyLabeledReplicas', what: 'pods labelled' },
  { field: 'readyReplicas', what: 'pods ready' },
  { field: 'availableReplicas', what: 'pods available' },
] as const;

/** A ReplicaSet or ReplicationController (KUBERNETES.md §8): every pod labelled, ready and available, none too many. */
export const replicaSetHealth: HealthRule = (live, context) => {
  const refused = replicaFailure(live, context);
  if (refused !== undefined) return refused;
  const replicas = numberAt(live, 'spec', 'replicas') ?? 1;
  const count = (field: string) => numberAt(live, 'status', field) ?? 0;
  if (count('replicas') > replicas) return progressing(`${count('replicas') - replicas} pods still to end`);
  const short = clauses.find(({ field }) => count(field) < replicas);
  return short === undefined ? ready : progressing(shortOf(count(short.field), replicas, short.what));
};
