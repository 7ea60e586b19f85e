import { type Cause, rootCause } from '#domain/cause.ts';
import { type Diagnosis, diagnosisHeadline, logTail } from '#domain/diagnosis.ts';
import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { Instant } from '#domain/instant.ts';
import { identityText, type KubernetesObject } from '#domain/manifest.ts';
import { moreCommand } from '#domain/more-command.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { textRedactor } from '#domain/redaction.ts';
import { type Remedy, remedyText } from '#domain/remedy.ts';
import { schedulingFacts } from '#domain/scheduling-facts.ts';
import type { WatchedKind } from '#domain/watch-scope.ts';
import { whatChanged } from '#domain/what-changed.ts';
import type { Cluster } from '#ports/cluster.ts';
import { checkReference } from './check-reference.ts';
import type { LogKeeper } from './log-keeper.ts';
import { lookOnce } from './look-once.ts';

export interface Examination {
  readonly cluster: Pick<Cluster, 'watch' | 'log'>;
  readonly objects: readonly KubernetesObject[];
  /** What this release changes; none where that is not known. */
  readonly changes: readonly ObjectChange[];
  readonly evidence: RolloutEvidence;
  readonly logs: LogKeeper;
  readonly now: Instant;
  /** Everything that is wrong, to be folded under the cause (G1). */
  readonly troubles: readonly Cause[];
  readonly remedied: readonly Remedy[];
}

const mostAlso = 3;

/** A cause with its log and what explains it, free of the release's secrets (KUBERNETES.md §10). */
export async function diagnose(cause: Cause, examination: Examination): Promise<Diagnosis> {
  const { cluster, objects, changes, logs, now, troubles, remedied } = examination;
  const redact = textRedactor(objects);
  const log = logTail(redact(await logs.logOf(cause)));
  const reference = await checkReference(cause, { cluster, objects, changes });
  const scheduling = await explainScheduling(cause, examination);
  const changed = whatChanged(cause.object, changes, objects);
  const also = alsoWrong(cause, troubles);
  return {
    cause: redacted(cause, redact),
    log,
    at: now,
    ...(reference === undefined ? {} : { reference }),
    ...(scheduling.length === 0 ? {} : { scheduling }),
    ...(changed.length === 0 ? {} : { changed: changed.map(redact) }),
    ...(also.length === 0 ? {} : { also: also.map(redact) }),
    ...(remedied.length === 0 ? {} : { remedied: remedied.map(remedyText) }),
    more: moreCommand(cause),
  };
}

// A summary may quote the command of a probe, and that its arguments.
function redacted(cause: Cause, redact: (text: string) => string): Cause {
  const { summary, detail } = cause;
  return { ...cause, summary: redact(summary), ...(detail === undefined ? {} : { detail: redact(detail) }) };
}

/** The root of each other object's trouble, a line each; no log, for each has its own. */
function alsoWrong({ object }: Cause, troubles: readonly Cause[]): readonly string[] {
  const others = Map.groupBy(troubles, (trouble) => identityText(trouble.object));
  others.delete(identityText(object));
  return [...others.values()]
    .flatMap((causes) => rootCause(causes) ?? [])
    .slice(0, mostAlso)
    .map((trouble) => diagnosisHeadline({ cause: trouble, log: [] }));
}

const looked = { namespaced: false, optional: true } as const;
const nodes: WatchedKind = { ...looked, apiVersion: 'v1', kind: 'Node' };
const nodePools: WatchedKind = { ...looked, apiVersion: 'karpenter.sh/v1', kind: 'NodePool' };
const volumes: WatchedKind = { ...looked, apiVersion: 'v1', kind: 'PersistentVolume' };

/** What the cluster has beside what the scheduler says (G4); what may not be read is left out. */
async function explainScheduling(
  { rule, detail = '', pod }: Cause,
  { cluster, evidence }: Examination,
): Promise<readonly string[]> {
  if (rule !== 'E7' && rule !== 'E8') return [];
  const shown = await lookOnce(cluster, { namespaces: [], kinds: [nodes, nodePools, volumes] });
  const waiting = seen(evidence, '/Pod').find(
    ({ metadata }) => metadata.name === pod?.name && metadata.namespace === pod.namespace,
  );
  const [all, pools, bound] = [shown['/Node'], shown['karpenter.sh/NodePool'], shown['/PersistentVolume']];
  return schedulingFacts(detail, waiting, {
    claims: seen(evidence, '/PersistentVolumeClaim'),
    ...(all === undefined ? {} : { nodes: all }),
    ...(pools === undefined ? {} : { nodePools: pools }),
    ...(bound === undefined ? {} : { volumes: bound }),
  });
}
