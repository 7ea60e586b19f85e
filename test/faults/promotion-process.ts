import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { instant } from '#domain/instant.ts';
import type { Cluster } from '#ports/cluster.ts';
import { acquireTarget } from '#tasks/acquire-target.ts';
import { advance } from '#tasks/advance.ts';
import { confirmPlan } from '#tasks/confirm-plan.ts';
import { observe } from '#tasks/observe.ts';
import { planPromotion } from '#tasks/plan-promotion.ts';
import { planRollback } from '#tasks/plan-rollback.ts';
import { recordPromotion } from '#tasks/record-promotion.ts';
import { releaseTarget } from '#tasks/release-target.ts';
import { verifyRollout } from '#tasks/verify-rollout.ts';
import type { FromProcess, RemotePort, TaskName, ThrownError, ToProcess } from './wire.ts';

// A function's sandbox: it runs the real tasks with the real adapter of Kubernetes, and halts at each journal point,
// before and after every call of a port, until it is told to go on. It may be stopped or killed there.

const waiting = new Map<number, (go: Extract<ToProcess, { kind: 'go' }>) => void>();
let lastId = 0;

function tell(message: FromProcess): void {
  process.send?.(message);
}

function halt(say: (id: number) => FromProcess): Promise<Extract<ToProcess, { kind: 'go' }>> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell(say(id));
  });
}

function remote<Port extends object>(port: RemotePort): Port {
  const methods = new Proxy({} as Port, {
    get:
      (_, method) =>
      async (...args: unknown[]) => {
        const go = await halt((id) => ({ kind: 'call', id, port, method: String(method), args }));
        if (go.error !== undefined) throw Object.assign(new Error(go.error.message), { name: go.error.name });
        return go.result;
      },
  });
  return methods;
}

// What is no journal point: a watch is read, not written, and a permit is looked at.
const passed = new Set(['permitWrites', 'watch', 'log']);

function halting(cluster: Cluster): Cluster {
  const methods = Object.entries(cluster).map(([name, method]) => [
    name,
    passed.has(name)
      ? method
      : async (...args: unknown[]) => {
          await halt((id) => ({ kind: 'point', id }));
          const result = await (method as (...given: unknown[]) => unknown)(...args);
          await halt((id) => ({ kind: 'point', id }));
          return result;
        },
  ]);
  return Object.fromEntries(methods) as unknown as Cluster;
}

const clock = {
  now: () => instant(Date.now()),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};
const config = new KubeConfig();
config.loadFromFile(process.argv[2] ?? '');
const ports = {
  releases: remote('releases'),
  promotions: remote('promotions'),
  approvals: remote('approvals'),
  targets: remote('targets'),
  documents: remote('documents'),
  archive: remote('archive'),
  tokens: remote('tokens'),
  clusters: { of: async () => halting(createKubeConfigCluster(config, clock)) },
  clock,
} as Parameters<typeof recordPromotion>[0] &
  Parameters<typeof confirmPlan>[0] &
  Parameters<typeof advance>[0];

const tasks: Readonly<Record<TaskName, (input: never) => Promise<unknown>>> = {
  planPromotion: planPromotion(ports),
  acquireTarget: acquireTarget(ports),
  confirmPlan: confirmPlan(ports),
  advance: advance(ports),
  observe: observe(ports, { watchSeconds: 20 }),
  verifyRollout: verifyRollout(ports),
  planRollback: planRollback(ports),
  recordPromotion: recordPromotion(ports),
  releaseTarget: releaseTarget(ports),
};

const thrown = (error: unknown): ThrownError => {
  const { name, message } = error as Error;
  return { name, message };
};

process.on('message', (message: ToProcess) => {
  if (message.kind === 'go') {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
    return;
  }
  tasks[message.task](message.input as never).then(
    (result) => tell({ kind: 'done', ...(result === undefined ? {} : { result }) }),
    (error: unknown) => tell({ kind: 'done', error: thrown(error) }),
  );
});
process.on('disconnect', () => process.exit());
tell({ kind: 'ready' });
