import { join } from 'node:path';
import type { Send } from '../api.ts';
import { until } from '../control-plane/until.ts';
import { type ImageRegistry, startImageRegistry } from '../images/registry.ts';
import { missingForNodes } from './requirements.ts';
import { type Node, startNode } from './start-node.ts';

export interface NodesOptions {
  /** A node for each, with the kubeconfig that it signs in by. */
  readonly kubeconfigs: Readonly<Record<string, string>>;
  /** The plane's own folder. */
  readonly folder: string;
  readonly kubelet: string;
  /** Asks as administrator. */
  readonly send: Send;
}

/** Nodes whose pods really run. */
export interface Nodes {
  readonly registry: ImageRegistry;
  readonly all: readonly Node[];
  stop(): Promise<void>;
}

/** Starts nodes and the registry that they pull from; resolves when all are ready. Throws where this machine cannot have nodes. */
export async function startNodes({ kubeconfigs, folder, kubelet, send }: NodesOptions): Promise<Nodes> {
  const missing = missingForNodes();
  if (missing.length > 0) throw new Error(`no nodes on this machine: ${missing.join('; ')}`);
  const registry = await startImageRegistry();
  const all: Node[] = [];
  async function stop(): Promise<void> {
    await Promise.all(all.map((node) => node.stop()));
    await registry.close();
  }
  try {
    for (const [name, kubeconfig] of Object.entries(kubeconfigs)) {
      const own = { name, folder: join(folder, name), kubelet, kubeconfig, registryUrl: registry.url };
      all.push(await startNode(own));
    }
    const components = () => all.map(({ component }) => component);
    for (const { name } of all) await until(`${name} is ready`, () => isReady(send, name), components);
  } catch (error) {
    await stop();
    throw error;
  }
  return { registry, all, stop };
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

async function isReady(send: Send, name: string): Promise<boolean> {
  const { body } = await send({ path: `/api/v1/nodes/${name}` });
  const conditions: readonly Condition[] = body.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
