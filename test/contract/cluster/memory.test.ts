import { createMemoryCluster } from '#adapters/memory/cluster.ts';
import { describeCluster } from './cluster.suite.ts';
import { systemClock } from './system-clock.ts';

describeCluster('memory', async () => {
  const behaviourOf = (image: string) =>
    image === 'crashes'
      ? { kind: 'crashes' as const, exitCode: 1, log: 'FATAL: no database' }
      : { kind: 'runs' as const };
  const cluster = createMemoryCluster({ clock: systemClock, namespaces: ['shop'], behaviourOf });
  return {
    cluster,
    namespace: 'shop',
    applyAs: cluster.applyAs,
    images: { runs: 'runs', crashes: 'crashes', lastWords: 'FATAL: no database' },
    stop: async () => {},
  };
});
