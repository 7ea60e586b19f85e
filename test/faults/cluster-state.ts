import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createConnection } from '#adapters/kubernetes/connection.ts';
import { applySetId } from '#domain/applyset.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { LaptopCluster } from '../../local/cluster/server.ts';

/** Every object of a namespace that people or Tidegate make, by kind and name, free of what differs between two runs. */
export type ClusterState = Readonly<Record<string, unknown>>;

const collections = [
  '/api/v1/namespaces/NS/configmaps',
  '/api/v1/namespaces/NS/secrets',
  '/api/v1/namespaces/NS/services',
  '/apis/apps/v1/namespaces/NS/deployments',
];

interface ManagedField {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1?: unknown;
}

/** Reads a namespace as two runs of one release must leave it, byte for byte. */
export function createClusterReader(laptop: LaptopCluster, namespace: string) {
  const config = new KubeConfig();
  config.loadFromString(laptop.kubeconfig('laptop'));
  const connection = createConnection({ current: async () => config, forget: () => {} });
  // Both name the namespace, which differs between runs.
  const id = applySetId({ namespace, application: 'shop' });
  const neutral = (text: string): string => text.replaceAll(id, 'APPLYSET').replaceAll(namespace, 'NS');

  async function list(path: string): Promise<readonly LiveObject[]> {
    const answer = await connection.send({ method: 'GET', path: path.replace('NS', namespace) });
    return (JSON.parse(answer.body) as { readonly items: readonly LiveObject[] }).items;
  }

  return {
    async createNamespace() {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await connection.send({ method: 'POST', path: '/api/v1/namespaces', body });
    },
    async deleteNamespace() {
      await connection.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
    },
    async read(): Promise<ClusterState> {
      const found = await Promise.all(
        collections.map(async (path) =>
          (await list(path))
            .filter(isOurs)
            .map((object) => [
              `${path.split('/').at(-1)} ${object.metadata.name}`,
              JSON.parse(neutral(JSON.stringify(bare(object)))),
            ]),
        ),
      );
      return Object.fromEntries(found.flat().sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

// The ApplySet's parent says who came last; the cluster makes a certificate of its own in every namespace.
function isOurs({ metadata }: LiveObject): boolean {
  return metadata.name !== 'tidegate-shop' && metadata.name !== 'kube-root-ca.crt';
}

const perRun = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields']);
const allocated = new Set(['clusterIP', 'clusterIPs']);

function bare({ metadata, status: _, spec, ...object }: LiveObject): object {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !perRun.has(key)));
  const { 'deployment.kubernetes.io/revision': __, ...annotations } = metadata.annotations ?? {};
  const declared = Object.fromEntries(Object.entries(spec ?? {}).filter(([key]) => !allocated.has(key)));
  return { ...object, spec: declared, metadata: { ...kept, annotations }, owners: ownersOf(metadata) };
}

/** Who owns which fields, without the controllers' status. */
function ownersOf({ managedFields }: LiveObject['metadata']): readonly object[] {
  return ((managedFields ?? []) as readonly ManagedField[])
    .filter(({ manager }) => manager === 'tidegate')
    .map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));
}
