import { addressOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { comparePruneOrder } from '#domain/order.ts';
import type { Cluster } from '#ports/cluster.ts';
import { inParallel } from '#tasks/parts/in-parallel.ts';
import type { CorpusSettings } from './corpus-file.ts';

/** An object that a file put into the cluster. */
export interface Placed {
  readonly object: KubernetesObject;
  readonly uid: string;
}

// A definition goes when the API server has seen to its objects, which it tries ever more seldom.
const goneSeconds = 240;
const pollMilliseconds = 300;

/** What a file leaves in a cluster, told from what was there before. */
export function createTraces({ cluster, clock, say }: CorpusSettings) {
  const known = new Set<string>();
  const made: KubernetesObject[] = [];

  async function uidOf(object: KubernetesObject): Promise<string | undefined> {
    return (await cluster.read(addressOf(object)))?.metadata.uid;
  }

  async function stillThere(placed: readonly Placed[]): Promise<readonly Placed[]> {
    const uids = await inParallel(placed, ({ object }) => uidOf(object));
    return placed.filter(({ uid }, index) => uids[index] === uid);
  }

  async function gone(placed: readonly Placed[]): Promise<readonly Placed[]> {
    const deadline = clock.now() + goneSeconds * 1000;
    let left = await stillThere(placed);
    while (left.length > 0 && clock.now() < deadline) {
      await clock.sleep(pollMilliseconds);
      left = await stillThere(left);
    }
    return left;
  }

  return {
    /** Makes the namespaces that neither the cluster has nor the file brings. */
    async makeNamespaces(names: readonly string[], objects: readonly KubernetesObject[]): Promise<void> {
      const brought = new Set(
        objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
      );
      for (const name of names) {
        const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
        if (brought.has(name) || (await uidOf(object)) !== undefined) continue;
        await cluster.apply(object, 'write');
        made.push(object);
      }
    },
    /** Remembers which of the objects are there already: they are nobody's to count or to delete. */
    async remember(objects: readonly KubernetesObject[]): Promise<void> {
      for (const uid of await inParallel(objects, uidOf)) if (uid !== undefined) known.add(uid);
    },
    /** The objects that were put there since. */
    async placed(objects: readonly KubernetesObject[]): Promise<readonly Placed[]> {
      const uids = await inParallel(objects, uidOf);
      return objects.flatMap((object, index) => {
        const uid = uids[index];
        return uid === undefined || known.has(uid) ? [] : [{ object, uid }];
      });
    },
    /** Deletes what pruning kept, as a release that confirms it would; answers how many there were. */
    async deleteRest(placed: readonly Placed[]): Promise<number> {
      const rest = (await stillThere(placed)).toSorted((a, b) =>
        comparePruneOrder(identityOf(a.object), identityOf(b.object)),
      );
      for (const { object, uid } of rest) await cluster.remove(addressOf(object), uid);
      return rest.length;
    },
    /** Deletes all that was put there since; answers what that was. */
    async deleteAll(objects: readonly KubernetesObject[]): Promise<readonly Placed[]> {
      const placed = await this.placed(objects);
      await this.deleteRest(placed);
      return placed;
    },
    /** What is there when it had time to go. */
    async left(placed: readonly Placed[]): Promise<readonly Placed[]> {
      const left = await gone(placed);
      for (const { object } of left) say(`left over: ${identityText(identityOf(object))}`);
      return left;
    },
    async removeNamespaces(): Promise<void> {
      const placed = await Promise.all(
        made.map(async (object) => ({ object, uid: (await uidOf(object)) ?? '' })),
      );
      for (const { object, uid } of placed) await removeNamed(cluster, object, uid);
      for (const { object } of await gone(placed)) say(`not gone: ${identityText(identityOf(object))}`);
    },
  };
}

async function removeNamed(cluster: Cluster, object: KubernetesObject, uid: string): Promise<void> {
  if (uid !== '') await cluster.remove(addressOf(object), uid);
}
