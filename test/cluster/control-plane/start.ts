import { join } from 'node:path';
import type { Clock } from '../../../local/clock.ts';
import { writeKubeconfig } from '../../../local/cluster/kubeconfig.ts';
import { makeServingCertificate } from '../../../local/cluster/tls.ts';
import { sender } from '../api.ts';
import { type EksAccess, startEksAccess } from '../eks/start-eks-access.ts';
import { removeNodesResidue } from '../nodes/control-groups.ts';
import { type Nodes, startNodes } from '../nodes/start-nodes.ts';
import { files, type Layout } from './arguments.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import type { Component } from './component.ts';
import { freePorts } from './free-ports.ts';
import { abandonedFolders, makeOwnFolder, removeFolder } from './own-folder.ts';
import { createServers } from './servers.ts';
import { lastWords } from './until.ts';
import { makeNodeUser, makeOwnUsers, type User } from './users.ts';
import { writePlaneFiles } from './write-files.ts';

export interface ControlPlaneOptions {
  /** How many nodes run pods: none unless asked for. Needs what `missingForNodes` names. */
  readonly nodes?: number;
  /** Further users with bearer tokens of their own (`makeUser`); what they may do, RBAC says. */
  readonly users?: readonly User[];
  /** The name that EKS tokens are signed for. */
  readonly clusterName?: string;
  /** What EKS tokens grow old by. */
  readonly eksClock?: Clock;
  /** Told what takes long. */
  readonly say?: (line: string) => void;
}

/** A real control plane on loopback. */
export interface ControlPlane {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** The certificate authority, as PEM. */
  readonly ca: string;
  readonly adminToken: string;
  /** As administrator. */
  readonly kubeconfigFile: string;
  /** A kubeconfig's text for any bearer token. */
  kubeconfig(token: string): string;
  readonly eks: EksAccess;
  /** What runs pods; undefined when no nodes were asked for. */
  readonly nodes: Nodes | undefined;
  /** The API server's audit log: a JSON line for each request of anybody but the plane's own programs. */
  readonly auditFile: string;
  /** Holds every program's log, keys and data, until `stop`. */
  readonly folder: string;
  /** Ends the API server as a crash would, and starts it again on the same port; resolves when it is ready. */
  restartApiServer(): Promise<void>;
  /** The programs of the control plane that run now. */
  programs(): readonly Pick<Component, 'name' | 'pid'>[];
  /** The last lines of every program's log. */
  logs(): string;
  stop(): Promise<void>;
}

const attempts = 3;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and nodes, on free ports, in a folder of their own.
 * Resolves when pods can be made. Throws with the programs' last words when one ends early.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await findBinaries(options.say ?? (() => {}));
  for (let tried = 1; ; tried += 1) {
    try {
      return await startOnce(options, binaries);
    } catch (error) {
      // Between its choice and its use somebody else may take a port.
      if (tried === attempts || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce(options: ControlPlaneOptions, binaries: Binaries): Promise<ControlPlane> {
  const stops: (() => Promise<void> | void)[] = [];
  async function stop(): Promise<void> {
    for (const last of stops.splice(0).reverse()) await last();
  }
  try {
    return await assemble(options, binaries, { stops, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Ending {
  /** What has to be undone, the latest last. */
  readonly stops: (() => Promise<void> | void)[];
  readonly stop: () => Promise<void>;
}

async function assemble(
  options: ControlPlaneOptions,
  binaries: Binaries,
  { stops, stop }: Ending,
): Promise<ControlPlane> {
  await removeAbandoned();
  const folder = makeOwnFolder();
  stops.push(() => removeFolder(folder));
  const [etcd = 0, etcdPeer = 0, apiServer = 0] = await freePorts(3);
  const layout: Layout = { folder, ports: { etcd, etcdPeer, apiServer } };
  const eks = await startEksAccess(options.clusterName ?? 'main', options.eksClock);
  stops.push(() => eks.stop());

  const certificate = await makeServingCertificate();
  const own = makeOwnUsers();
  const nodeNames = Array.from({ length: options.nodes ?? 0 }, (_, index) => `node-${index + 1}`);
  const nodeUsers = nodeNames.map((name) => makeNodeUser(name));
  const others = [...nodeUsers, ...(options.users ?? [])];
  writePlaneFiles({ layout, certificate, own, others, tokenWebhookUrl: eks.webhookUrl });

  const url = `https://127.0.0.1:${apiServer}`;
  const ca = certificate.caPem;
  const kubeconfig = (token: string) => writeKubeconfig('tidegate', url, ca, token);
  const send = sender({ url, ca }, own.admin.token);
  const servers = createServers(layout, binaries, send);
  stops.push(() => servers.stop());
  await servers.start();

  const kubeconfigs = Object.fromEntries(
    nodeNames.map((name, index) => [name, kubeconfig(nodeUsers[index]?.token ?? '')]),
  );
  const nodes =
    nodeNames.length === 0
      ? undefined
      : await startNodes({ kubeconfigs, folder, kubelet: binaries.kubelet, send });
  if (nodes !== undefined) stops.push(() => nodes.stop());

  return {
    url,
    ca,
    adminToken: own.admin.token,
    kubeconfigFile: join(folder, files.admin),
    kubeconfig,
    eks,
    nodes,
    auditFile: join(folder, files.audit),
    folder,
    restartApiServer: () => servers.restartApiServer(),
    programs: () => servers.components(),
    logs: () => lastWords([...servers.components(), ...(nodes?.all ?? []).map(({ component }) => component)]),
    stop,
  };
}

async function removeAbandoned(): Promise<void> {
  for (const folder of abandonedFolders()) {
    await removeNodesResidue(folder);
    removeFolder(folder);
  }
}
