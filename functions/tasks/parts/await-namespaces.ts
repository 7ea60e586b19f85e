import { ClusterUnavailableError } from '#domain/errors.ts';
import { addressOf, type ObjectAddress } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';

const activeSeconds = 15;
// Its pods need it; where it is not made for them, their own failure names it.
const serviceAccountSeconds = 3;
const pollMilliseconds = 100;

/** Waits until namespaces take objects: phase Active, and the ServiceAccount `default` is there (KUBERNETES.md §3, wave 0). */
export async function awaitNamespaces(
  cluster: Cluster,
  clock: Clock,
  namespaces: readonly KubernetesObject[],
): Promise<void> {
  await Promise.all(
    namespaces.map(async (namespace) => {
      const { name } = namespace.metadata;
      const active = await becomes(clock, activeSeconds, async () => {
        const live = await cluster.read(addressOf(namespace));
        return (live?.status as { readonly phase?: string } | undefined)?.phase === 'Active';
      });
      if (!active) {
        throw new ClusterUnavailableError(
          `Namespace ${name}: not Active within ${activeSeconds} s of its creation`,
          {
            namespace: name,
          },
        );
      }
      await becomes(
        clock,
        serviceAccountSeconds,
        async () => (await cluster.read(defaultAccount(name))) !== undefined,
      );
    }),
  );
}

function defaultAccount(namespace: string): ObjectAddress {
  return { apiVersion: 'v1', group: '', kind: 'ServiceAccount', namespace, name: 'default' };
}

async function becomes(clock: Clock, seconds: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const deadline = clock.now() + seconds * 1000;
  while (!(await isSo())) {
    if (clock.now() >= deadline) return false;
    await clock.sleep(pollMilliseconds);
  }
  return true;
}
