import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../local/clock.ts';
import { writeKubeconfig } from '../../../local/cluster/kubeconfig.ts';
import { makeServingCertificate } from '../../../local/cluster/tls.ts';
import { type EksAccess, startEksAccess } from '../eks/start-eks-access.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  files,
  type Layout,
  schedulerArguments,
} from './arguments.ts';
import { type Binaries, findBinaries, type Program } from './binaries.ts';
import { type Component, lastLines, startComponent } from './component.ts';
import { freePorts } from './free-ports.ts';
import { createProbe, untilTrue } from './probe.ts';
import { makeUser, type User } from './users.ts';
import { writePlaneFiles } from './write-files.ts';

export interface ControlPlaneOptions {
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
  /** The API server's audit log: a JSON line for each request of anybody but the plane's own programs. */
  readonly auditFile: string;
  /** Holds every program's log, keys and data, until `stop`. */
  readonly folder: string;
  /** Ends the API server as a crash would, and starts it again on the same port. Resolves when it is ready. */
  restartApiServer(): Promise<void>;
  /** The last lines of every program's log. */
  logs(): string;
  stop(): Promise<void>;
}

const attempts = 3;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler, on free ports, in a folder of their own.
 * Resolves when namespaces are furnished with service accounts. Throws with the programs' last words when one ends early.
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
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-control-plane-'));
  const [etcd = 0, etcdPeer = 0, apiServer = 0] = await freePorts(3);
  const layout: Layout = { folder, ports: { etcd, etcdPeer, apiServer } };
  const url = `https://127.0.0.1:${apiServer}`;
  const eks = await startEksAccess(options.clusterName ?? 'main', options.eksClock);
  const certificate = await makeServingCertificate();
  const own = {
    admin: makeUser('admin', ['system:masters']),
    controllerManager: makeUser('system:kube-controller-manager', []),
    scheduler: makeUser('system:kube-scheduler', []),
  };
  const others = options.users ?? [];
  writePlaneFiles({ layout, certificate, own, others, tokenWebhookUrl: eks.webhookUrl });

  const components = new Map<Program, Component>();
  const start = (program: Program, argumentsOf: (layout: Layout) => string[]) => {
    const specification = { name: program, program: binaries[program], args: argumentsOf(layout), folder };
    components.set(program, startComponent(specification));
  };
  const probe = createProbe({ url, ca: certificate.caPem, token: own.admin.token });
  const logs = () => [...components.values()].map((component) => lastLines(component)).join('\n');
  const until = (what: string, isTrue: () => Promise<boolean>) =>
    untilTrue({ what, isTrue, ended: () => firstEnd(components.values()), logs });
  const startApiServer = async () => {
    start('kube-apiserver', apiServerArguments);
    await until('the API server is ready', async () => (await probe('/readyz')) === 200);
  };
  const stop = async () => {
    await Promise.all([...components.values()].map((component) => component.stop()));
    await eks.stop();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    start('etcd', etcdArguments);
    await startApiServer();
    start('kube-controller-manager', controllerManagerArguments);
    start('kube-scheduler', schedulerArguments);
    const furnished = '/api/v1/namespaces/default/serviceaccounts/default';
    await until('namespaces are furnished', async () => (await probe(furnished)) === 200);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    ca: certificate.caPem,
    adminToken: own.admin.token,
    kubeconfigFile: join(folder, files.admin),
    kubeconfig: (token) => writeKubeconfig('tidegate', url, certificate.caPem, token),
    eks,
    auditFile: join(folder, files.audit),
    folder,
    async restartApiServer() {
      await components.get('kube-apiserver')?.kill();
      await startApiServer();
    },
    logs,
    stop,
  };
}

function firstEnd(components: Iterable<Component>): string | undefined {
  for (const component of components) {
    const end = component.ended();
    if (end !== undefined) return end;
  }
  return undefined;
}
