import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { kubernetesVersion, moduleFolder } from './versions.ts';

const kubernetesPrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'];

/** What `kubectl version` and feature gates go by; without it a server calls itself v0.0.0. */
function linkerFlags(): string {
  const [major, minor] = kubernetesVersion.slice(1).split('.');
  const facts = { gitVersion: kubernetesVersion, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const settings = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((target) =>
    Object.entries(facts).map(([name, value]) => `-X ${target}.${name}=${value}`),
  );
  return ['-s', '-w', ...settings].join(' ');
}

/**
 * Builds the control plane from its Go modules into `folder`. The folder appears by a rename when all is there: a build
 * that was interrupted is never taken for a finished one. Throws when Go is missing or fails.
 */
export async function build(folder: string, say: (line: string) => void): Promise<void> {
  say(
    `building Kubernetes ${kubernetesVersion} and etcd into ${folder}: 10 to 20 minutes on two cores, once`,
  );
  const unfinished = `${folder}.unfinished-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const packages = kubernetesPrograms.map((program) => `k8s.io/kubernetes/cmd/${program}`);
    await go('kubernetes', ['-ldflags', linkerFlags(), '-o', `${unfinished}/`, ...packages]);
    await go('etcd', ['-ldflags', '-s -w', '-o', join(unfinished, 'etcd'), 'go.etcd.io/etcd/server/v3']);
    // Another process may have been faster: its build is as good as ours.
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function go(module: 'kubernetes' | 'etcd', args: readonly string[]): Promise<void> {
  // The user's own GOFLAGS or workspace would build something else than go.mod says.
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath'];
  const child = spawn('go', ['build', ...flags, ...args], {
    cwd: moduleFolder(module),
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('spawn', () => {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    });
    child.on('error', (cause) => reject(new Error("'go' is needed to build a control plane", { cause })));
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`go build of ${module} ended with ${code ?? signal}`)),
    );
  });
}
