import type { KubernetesObject } from '#domain/manifest.ts';
import { type PeerInput, type PeerRun, type PeerSettings, runPeer, writePeerInput } from './peers.ts';

/** What another tool made of a scenario. */
export interface PeerVerdict {
  readonly success: boolean;
  readonly seconds: number;
  /** Its last words. */
  readonly cause: string;
}

export interface PeerScenario {
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  readonly deadlineSeconds: number;
}

export type PeerTool = (settings: PeerSettings, scenario: PeerScenario) => Promise<PeerVerdict | undefined>;

/** `helm upgrade --install`, waiting for everything that it can wait for. */
export const runHelm: PeerTool = async (settings, { namespace, objects, deadlineSeconds }) => {
  const { chart } = inputOf(namespace, objects);
  const run = await runPeer(settings, [
    ...['upgrade', '--install', 'app', chart, '--namespace', namespace],
    ...['--wait', '--wait-for-jobs', '--rollback-on-failure', '--timeout', `${deadlineSeconds}s`],
  ]);
  return verdictOf([run]);
};

const rolledOut: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** `kubectl apply --server-side`, then `rollout status` of each workload; undefined where it knows no way to wait. */
export const runKubectl: PeerTool = async (settings, { namespace, objects, deadlineSeconds }) => {
  const workloads = objects.filter(({ kind }) => rolledOut.has(kind));
  if (workloads.length === 0) return undefined;
  const { list } = inputOf(namespace, objects);
  const runs = [await runPeer(settings, ['apply', '--server-side', '--namespace', namespace, '-f', list])];
  for (const { kind, metadata } of workloads) {
    if (runs.at(-1)?.exitCode !== 0) break;
    const what = `${kind.toLowerCase()}/${metadata.name}`;
    const limits = ['--namespace', namespace, `--timeout=${deadlineSeconds}s`];
    runs.push(await runPeer(settings, ['rollout', 'status', what, ...limits]));
  }
  return verdictOf(runs);
};

function inputOf(namespace: string, objects: readonly KubernetesObject[]): PeerInput {
  return writePeerInput(
    objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } })),
  );
}

function verdictOf(runs: readonly PeerRun[]): PeerVerdict {
  return {
    success: runs.every(({ exitCode }) => exitCode === 0),
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
    cause: runs.at(-1)?.lastWords ?? '',
  };
}
