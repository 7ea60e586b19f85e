import { canonicalJson } from '#domain/canonical-json.ts';
import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import type { FenceRecord } from '#domain/fence.ts';
import type { ObjectAddress } from '#domain/kinds.ts';
import type { LiveMetadata, LiveObject } from '#domain/live-object.ts';
import { fieldManager } from '#domain/managed-fields.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { TargetLease } from '#domain/target-lease.ts';
import type { WatchScope } from '#domain/watch-scope.ts';
import type { Deployment } from '#domain/workload.ts';
import type { Clock } from '#ports/clock.ts';
import type { ApplyResult, Cluster } from '#ports/cluster.ts';
import { createConditionalRecords } from './conditional-records.ts';
import { establishedStatus, servedKind } from './definitions.ts';
import { mergeApplied, type Ownership } from './field-ownership.ts';
import { ownershipIn, withManagedFields } from './managed-fields.ts';
import type { ContainerBehaviour } from './rollout-pods.ts';
import { createRollouts } from './rollouts.ts';

interface Stored {
  readonly object: LiveObject;
  readonly owners: Ownership;
}

/** A cluster in this process, with hands on it for tests. */
export interface MemoryCluster extends Cluster {
  /** Applies as another manager (`hpa/scale`: of a subresource), taking fields by force. */
  applyAs(manager: string, object: KubernetesObject): Promise<void>;
  /** Every object that is there, in order of creation. */
  objects(): readonly LiveObject[];
}

export interface MemoryClusterSettings {
  readonly clock: Clock;
  readonly namespaces?: readonly string[];
  readonly behaviourOf?: (image: string) => ContainerBehaviour;
}

const lookAgainMilliseconds = 50;

/** Objects with server-side apply, Deployments that roll by themselves; no pods, no network. */
export function createMemoryCluster(settings: MemoryClusterSettings): MemoryCluster {
  const { clock, namespaces = ['default'], behaviourOf = () => ({ kind: 'runs' }) as const } = settings;
  const store = new Map<string, Stored>();
  const rollouts = createRollouts(behaviourOf);
  const fences = createConditionalRecords<FenceRecord>();
  const leases = createConditionalRecords<TargetLease>();
  let revision = 0;

  const keyOf = (address: Parameters<typeof identityText>[0]): string => identityText(address);
  const hasNamespace = (name: string): boolean => namespaces.includes(name) || store.has(`Namespace ${name}`);

  function applyAs(
    manager: string,
    intent: KubernetesObject,
    mode: 'write' | 'dry-run',
    force: boolean,
  ): ApplyResult {
    const { namespace } = intent.metadata;
    if (namespace !== undefined && !hasNamespace(namespace)) return { kind: 'namespace-missing', namespace };
    if (servedKind(present(store), intent.apiVersion, intent.kind) === undefined)
      return { kind: 'kind-missing', apiVersion: intent.apiVersion };
    const key = keyOf(identityOf(intent));
    const existing = store.get(key);
    const { apiVersion, kind, metadata } = intent;
    const bare = { apiVersion, kind, metadata: bareMetadata(metadata.name, namespace) };
    const result = mergeApplied(
      existing?.object ?? bare,
      existing?.owners ?? new Map(),
      intent,
      manager,
      force,
    );
    if (result.kind === 'conflict') return result;
    const isSame =
      existing !== undefined && canonicalJson(existing.object) === canonicalJson(withDefaults(result.object));
    const object = isSame ? existing.object : stamped(withDefaults(result.object), existing?.object, mode);
    if (mode === 'write') store.set(key, { object, owners: result.owners });
    if (mode === 'write' && kind === 'Deployment') rollouts.written(object as Deployment, clock.now());
    return { kind: 'applied', object: withManagedFields(object, result.owners), warnings: [] };
  }

  const shown = ({ object, owners }: Stored): LiveObject =>
    structuredClone(withManagedFields(object, owners));

  function stamped(
    object: KubernetesObject,
    before: LiveObject | undefined,
    mode: 'write' | 'dry-run',
  ): LiveObject {
    if (mode === 'write') revision += 1;
    const specChanged = canonicalJson(before?.spec ?? null) !== canonicalJson(object.spec ?? null);
    const generation = (before?.metadata.generation ?? 0) + (specChanged ? 1 : 0);
    const metadata: LiveMetadata = {
      ...object.metadata,
      uid: before?.metadata.uid ?? `uid-${revision}`,
      creationTimestamp: before?.metadata.creationTimestamp ?? new Date(clock.now()).toISOString(),
      resourceVersion: String(revision),
      generation,
    };
    const status = initialStatus[object.kind] ?? object.status;
    return { ...object, metadata, ...(status === undefined ? {} : { status }) } as LiveObject;
  }

  return {
    async read(address: ObjectAddress) {
      if (
        address.kind === 'ServiceAccount' &&
        address.name === 'default' &&
        hasNamespace(address.namespace ?? '')
      ) {
        return {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: address.namespace ?? '' },
        };
      }
      const stored = store.get(keyOf(address));
      return stored && shown(stored);
    },
    async list({ apiVersion, kind, namespace, labelSelector }) {
      return [...store.values()]
        .filter(
          ({ object }) =>
            object.kind === kind &&
            object.apiVersion.split('/').at(-2) === apiVersion.split('/').at(-2) &&
            (namespace === undefined || object.metadata.namespace === namespace) &&
            hasLabels(object, labelSelector),
        )
        .map((stored) => ({ ...shown(stored), apiVersion }));
    },
    async apply(object, mode, { force = false, manager = fieldManager, resourceVersion } = {}) {
      const standing = store.get(keyOf(identityOf(object)))?.object.metadata.resourceVersion;
      if (resourceVersion !== undefined && resourceVersion !== standing) return { kind: 'changed-meanwhile' };
      return structuredClone(applyAs(manager, object, mode, force));
    },
    async replaceOwnership(address, managedFields, resourceVersion) {
      const stored = store.get(keyOf(address));
      if (stored?.object.metadata.resourceVersion !== resourceVersion) return false;
      revision += 1;
      const metadata = { ...stored.object.metadata, resourceVersion: String(revision) };
      const object = { ...stored.object, metadata };
      store.set(keyOf(address), { object, owners: ownershipIn(managedFields) });
      return true;
    },
    resourceOf: async (apiVersion, kind) => servedKind(present(store), apiVersion, kind),
    schemaOf: async () => undefined,
    version: async () => '1.36',
    async applyAs(manager, object) {
      // A write to the scale subresource says nothing but replicas.
      const { replicas } = (object.spec ?? {}) as { readonly replicas?: number };
      const intent = manager.endsWith('/scale') ? { ...object, spec: { replicas } } : object;
      applyAs(manager, intent, 'write', true);
    },
    async remove(address, uid) {
      if (address.kind === 'Pod') rollouts.removePod(uid);
      const key = keyOf(address);
      if (store.get(key)?.object.metadata.uid === uid) store.delete(key);
    },
    async watch(scope) {
      return {
        evidence: () => within(scope, rollouts.evidence(present(store), clock.now())),
        next: (milliseconds) => clock.sleep(Math.min(milliseconds, lookAgainMilliseconds)),
        close() {},
      };
    },
    log: async ({ pod, previous }) => rollouts.log(pod, previous),
    permitWrites() {},
    async listLabelled({ apiVersion, kind, namespace, label, value }) {
      const found = present(store).filter(
        (object) =>
          object.apiVersion === apiVersion &&
          object.kind === kind &&
          (namespace === undefined || object.metadata.namespace === namespace) &&
          object.metadata.labels?.[label] === value,
      );
      return found.map(({ metadata }) => structuredClone({ apiVersion, kind, metadata }));
    },
    readFence: async (address) => fences.read(address),
    writeFence: async (address, record, version) => fences.write(address, record, version),
    readLease: async (address) => leases.read(address),
    writeLease: async (address, lease, version) => leases.write(address, lease, version),
    objects: () => present(store),
  };
}

/** Selectors of this cluster say `name=value`, several with commas between. */
function hasLabels({ metadata }: LiveObject, selector: string | undefined): boolean {
  return (selector ?? '')
    .split(',')
    .filter((part) => part !== '')
    .every((part) => metadata.labels?.[part.split('=')[0] ?? ''] === part.split('=').at(-1));
}
// What is there at once, because nothing of it takes time in this process.
const initialStatus: Readonly<Record<string, object>> = {
  Job: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] },
  Namespace: { phase: 'Active' },
  CustomResourceDefinition: establishedStatus,
};
/** What a scope shows of everything: its kinds, in its namespaces and in none. */
function within({ namespaces, kinds }: WatchScope, everything: RolloutEvidence): RolloutEvidence {
  const isHere = ({ metadata }: LiveObject) =>
    metadata.namespace === undefined || namespaces.includes(metadata.namespace);
  return Object.fromEntries(
    kinds.map(evidenceKey).map((key) => [key, (everything[key] ?? []).filter(isHere)]),
  );
}

function bareMetadata(name: string, namespace: string | undefined): KubernetesObject['metadata'] {
  return namespace === undefined ? { name } : { name, namespace };
}

/** The one default that rollouts depend on: a Deployment has one replica unless it says otherwise. */
function withDefaults(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Deployment') return object;
  return { ...object, spec: { replicas: 1, ...(object.spec as object) } };
}

function present(store: ReadonlyMap<string, Stored>): readonly LiveObject[] {
  return [...store.values()].map(({ object }) => object);
}
