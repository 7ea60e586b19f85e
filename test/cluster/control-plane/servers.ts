import type { Send } from '../api.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  type Layout,
  schedulerArguments,
} from './arguments.ts';
import type { Binaries, Program } from './binaries.ts';
import { type Component, startComponent } from './component.ts';
import { until } from './until.ts';

/** The four programs of a control plane. */
export interface Servers {
  /** Starts them in their order; resolves when namespaces are furnished with service accounts. */
  start(): Promise<void>;
  /** Ends the API server as a crash would, and starts it again on the same port; resolves when it is ready. */
  restartApiServer(): Promise<void>;
  components(): readonly Component[];
  stop(): Promise<void>;
}

type Server = Exclude<Program, 'kubelet'>;
const argumentsOf: Readonly<Record<Server, (layout: Layout) => string[]>> = {
  etcd: etcdArguments,
  'kube-apiserver': apiServerArguments,
  'kube-controller-manager': controllerManagerArguments,
  'kube-scheduler': schedulerArguments,
};

/** The programs over files that are written already; `send` asks as administrator. */
export function createServers(layout: Layout, binaries: Binaries, send: Send): Servers {
  const started = new Map<Server, Component>();
  const components = () => [...started.values()];
  function start(name: Server): void {
    const specification = {
      name,
      program: binaries[name],
      args: argumentsOf[name](layout),
      folder: layout.folder,
    };
    started.set(name, startComponent(specification));
  }
  async function answers(path: string): Promise<boolean> {
    return (await send({ path })).status === 200;
  }
  async function startApiServer(): Promise<void> {
    start('kube-apiserver');
    await until('the API server is ready', () => answers('/readyz'), components);
  }
  return {
    async start() {
      start('etcd');
      await startApiServer();
      start('kube-controller-manager');
      start('kube-scheduler');
      const furnished = '/api/v1/namespaces/default/serviceaccounts/default';
      await until('namespaces are furnished', () => answers(furnished), components);
    },
    async restartApiServer() {
      await started.get('kube-apiserver')?.kill();
      await startApiServer();
    },
    components,
    async stop() {
      await Promise.all(components().map((component) => component.kill()));
    },
  };
}
