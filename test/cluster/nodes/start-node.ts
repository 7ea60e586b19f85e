import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Component, startComponent } from '../control-plane/component.ts';
import { freePorts } from '../control-plane/free-ports.ts';
import { makeBridge } from './bridge.ts';
import { nodeFiles } from './configuration.ts';
import { removeControlGroups } from './control-groups.ts';

export interface NodeOptions {
  readonly name: string;
  /** The node's own; configuration, logs and images lie there. */
  readonly folder: string;
  /** The kubelet's program. */
  readonly kubelet: string;
  /** Signs in as `system:node:<name>`. */
  readonly kubeconfig: string;
  /** Serves the images of every registry. */
  readonly registryUrl: string;
}

/** A kubelet and its containerd. */
export interface Node {
  readonly name: string;
  readonly component: Component;
  /** Ends it with all its containers, as a power cut would. */
  stop(): Promise<void>;
}

/** Starts a node. It registers itself; whether it is ready, the API server tells. Throws where `missingForNodes` says why. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const bridge = makeBridge();
  const [kubeletPort = 0] = await freePorts(1);
  const { name, folder, registryUrl } = options;
  writeFiles(folder, {
    ...nodeFiles({ folder, bridge, kubeletPort, registryUrl }),
    kubeconfig: options.kubeconfig,
  });
  const component = startComponent({
    name: 'kubelet',
    program: 'unshare',
    args: ['--mount', '--pid', '--fork', '--kill-child', ...nodeCommand(options, bridge.address)],
    folder,
  });
  return {
    name,
    component,
    async stop() {
      await component.kill();
      bridge.remove();
      await removeControlGroups(folder);
    },
  };
}

const nodeCommand = ({ name, folder, kubelet }: NodeOptions, address: string): string[] => [
  new URL('node.sh', import.meta.url).pathname,
  folder,
  kubelet,
  `--config=${join(folder, 'kubelet.yaml')}`,
  `--kubeconfig=${join(folder, 'kubeconfig')}`,
  `--root-dir=${join(folder, 'kubelet')}`,
  `--hostname-override=${name}`,
  `--node-ip=${address}`,
];

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o600 });
  }
}
