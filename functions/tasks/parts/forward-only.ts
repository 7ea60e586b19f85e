import { addressOf } from '#domain/kinds.ts';
import { forwardOnly, jobsOf } from '#domain/rollback-rules.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { FailedChanges } from './failed-changes.ts';

/** Why a failed release is not rolled back unasked (KUBERNETES.md R6); undefined where it may be. */
export async function whyForwardOnly(
  cluster: Cluster,
  { content }: FailedChanges,
): Promise<string | undefined> {
  if (content.rollback !== 'forward-only') return undefined;
  const jobs = await Promise.all(jobsOf(content).map((job) => cluster.read(addressOf(job))));
  return forwardOnly(
    content,
    jobs.filter((job) => job !== undefined),
  );
}
