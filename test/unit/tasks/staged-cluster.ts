import { createMemoryCluster, type MemoryCluster } from '#adapters/memory/cluster.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText } from '#domain/manifest.ts';
import { fieldAt } from '#domain/pod-template.ts';
import type { Clock } from '#ports/clock.ts';
import { createDeploymentHarness, createSteppedClock, namespace } from './deployment-harness.ts';

// Clusters in memory on which something happens while a task runs.

export const runningCluster = (clock: Clock, namespaces: readonly string[] = [namespace]): MemoryCluster =>
  createMemoryCluster({ clock, namespaces });

/** Tells of each write just before it is made: `apply ConfigMap …`, `remove …`, `fence 2`. What is told may throw. */
export function withWitness(
  cluster: MemoryCluster,
  tell: (write: string) => void | Promise<void>,
): MemoryCluster {
  return {
    ...cluster,
    async apply(object, mode) {
      if (mode === 'write') await tell(`apply ${identityText(identityOf(object))}`);
      return cluster.apply(object, mode);
    },
    async remove(address, uid) {
      await tell(`remove ${identityText(address)}`);
      return cluster.remove(address, uid);
    },
    async writeFence(address, record, version) {
      await tell(`fence ${record.fence}`);
      return cluster.writeFence(address, record, version);
    },
  };
}

/** Objects go `seconds` after they were told to, by their finalizers; while they go they still take an apply. */
export function withFinalizers(cluster: MemoryCluster, clock: Clock, seconds: number): MemoryCluster {
  const going = new Map<string, { readonly at: number; readonly finalizers: readonly string[] }>();
  const shown = (live: LiveObject): LiveObject => {
    const { at, finalizers } = going.get(live.metadata.uid ?? '') ?? {};
    if (at === undefined) return live;
    const deletionTimestamp = new Date(at).toISOString();
    return { ...live, metadata: { ...live.metadata, deletionTimestamp, finalizers: finalizers ?? [] } };
  };
  return {
    ...cluster,
    async read(address) {
      const live = await cluster.read(address);
      const since = going.get(live?.metadata.uid ?? '');
      if (live === undefined || since === undefined) return live;
      if (clock.now() < since.at + seconds * 1000) return shown(live);
      await cluster.remove(address, live.metadata.uid ?? '');
      return undefined;
    },
    async apply(object, mode) {
      const result = await cluster.apply(object, mode);
      return result.kind === 'applied' ? { ...result, object: shown(result.object) } : result;
    },
    async remove(address, uid) {
      const live = await cluster.read(address);
      if (live?.metadata.uid !== uid || going.has(uid)) return;
      going.set(uid, { at: clock.now(), finalizers: ['example.com/slow'] });
    },
  };
}

/** Shows in its watch what `stage` makes of what the cluster would show. */
export function withStage(
  cluster: MemoryCluster,
  clock: Clock,
  stage: (evidence: RolloutEvidence, now: number) => RolloutEvidence,
): MemoryCluster {
  return {
    ...cluster,
    async watch(place) {
      const watch = await cluster.watch(place);
      return { ...watch, evidence: () => stage(watch.evidence(), clock.now()) };
    },
  };
}

/** Deletes an object as somebody else would. */
export async function removeBehind(
  cluster: MemoryCluster,
  object: Parameters<typeof addressOf>[0],
): Promise<void> {
  const live = await cluster.read(addressOf(object));
  await cluster.remove(addressOf(object), live?.metadata.uid ?? '');
}

/** A harness on a cluster that tells of each write just before it is made. */
export async function witnessed(
  tell: (write: string, clock: ReturnType<typeof createSteppedClock>) => void | Promise<void>,
) {
  const clock = createSteppedClock();
  const memory = runningCluster(clock);
  const cluster = withWitness(memory, (write) => tell(write, clock));
  return { ...(await createDeploymentHarness({ clock, cluster })), memory };
}

/** Fields that the API server lets nobody change, by kind, with the text of its refusal (KUBERNETES.md I1). */
const immutableFields: Readonly<
  Record<string, readonly [path: readonly string[], field: string, text: string]>
> = {
  Job: [['spec', 'template'], 'spec.template', 'Invalid value: {"Env":"hunter2"}: field is immutable'],
  RoleBinding: [['roleRef'], 'roleRef', 'Invalid value: {}: cannot change roleRef'],
  StatefulSet: [
    ['spec', 'serviceName'],
    'spec',
    "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
  ],
};

/** Refuses changes of immutable fields, as the API server does. */
export function withImmutableFields(cluster: MemoryCluster): MemoryCluster {
  return {
    ...cluster,
    async apply(object, mode, options) {
      const live = await cluster.read(addressOf(object));
      const [path = [], field = '', message = ''] = immutableFields[object.kind] ?? [];
      const differs =
        canonicalJson(fieldAt(live, path) ?? null) !== canonicalJson(fieldAt(object, path) ?? null);
      if (live !== undefined && path.length > 0 && differs)
        return { kind: 'invalid', refusal: { message, causes: [{ field, reason: 'Invalid', message }] } };
      return cluster.apply(object, mode, options);
    },
  };
}

/** A crash: nothing that comes later happens. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Calls `step` before and after each call of these methods; what it throws stands for a function that dies there. */
export function withSteps<Port extends object>(
  port: Port,
  methods: readonly (keyof Port)[],
  step: () => void,
): Port {
  const wrapped = methods.map((method) => [
    method,
    async (...given: unknown[]) => {
      step();
      const result = await (port[method] as (...given: unknown[]) => unknown)(...given);
      step();
      return result;
    },
  ]);
  return { ...port, ...Object.fromEntries(wrapped) };
}
