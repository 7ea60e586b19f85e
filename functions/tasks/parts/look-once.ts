import type { RolloutEvidence } from '#domain/evidence.ts';
import type { WatchScope } from '#domain/watch-scope.ts';
import type { Cluster } from '#ports/cluster.ts';

/** What a scope shows now; nothing of what may not be read. */
export async function lookOnce(cluster: Pick<Cluster, 'watch'>, scope: WatchScope): Promise<RolloutEvidence> {
  const watch = await cluster.watch({
    ...scope,
    kinds: scope.kinds.map((kind) => ({ ...kind, optional: true })),
  });
  try {
    return watch.evidence();
  } finally {
    watch.close();
  }
}
