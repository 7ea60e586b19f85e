import { findKindRule } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { type ContainerDefaults, podDemand } from '#domain/pod-demand.ts';
import { podSpecOf } from '#domain/pod-references.ts';
import { quantity } from '#domain/quantity.ts';
import type { PodSpec } from '#domain/workload.ts';

/** What a release's demand is held against. */
export interface QuotaFacts {
  readonly intents: readonly KubernetesObject[];
  readonly changes: readonly ObjectChange[];
  readonly live: (identity: ObjectIdentity) => LiveObject | undefined;
  /** ResourceQuotas of the release's namespaces, as they stand. */
  readonly quotas: readonly LiveObject[];
  readonly limitRanges: readonly LiveObject[];
}

type Demand = Readonly<Record<string, number>>;

/** What one object of a release takes of its namespace's quotas. */
export interface QuotaHolder {
  readonly identity: ObjectIdentity;
  readonly intent: KubernetesObject;
  /** What it holds now. */
  readonly holds: Demand;
  /** What it holds when all is done. */
  readonly needs: Demand;
  /** What its pods hold beyond that while they are replaced. */
  readonly surge: Demand;
  /** One new pod, of those that are replaced only after a new one is there. */
  readonly firstSurge: Demand;
  /** True when pods of it are made. */
  readonly isStarting: boolean;
}

/** The objects of a release in a namespace, with what they hold, need and surge to. */
export function holdersOf(
  { intents, changes, live }: QuotaFacts,
  namespace: string,
  defaults: ContainerDefaults,
): readonly QuotaHolder[] {
  const byText = new Map(changes.map((change) => [identityText(change.identity), change]));
  return intents
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map((intent) => {
      const identity = identityOf(intent);
      return holderOf(intent, live(identity), byText.get(identityText(identity)), defaults);
    });
}

function holderOf(
  intent: KubernetesObject,
  live: LiveObject | undefined,
  change: ObjectChange | undefined,
  defaults: ContainerDefaults,
): QuotaHolder {
  const identity = identityOf(intent);
  const present = live && podsNow(live);
  const wanted = podsWanted(intent, present, change);
  const after = podOf(intent, defaults);
  const rolls = (change?.restarts ?? []).length > 0 ? surgeOf(intent, wanted) : { pods: 0, mustSurge: false };
  return {
    identity,
    intent,
    holds: sum(objectDemand(live), times(live === undefined ? {} : podOf(live, defaults), present ?? 0)),
    needs: sum(objectDemand(intent), times(after, wanted)),
    surge: times(after, rolls.pods),
    firstSurge: rolls.mustSurge ? after : {},
    isStarting: wanted > (present ?? 0) || (change?.restarts ?? []).length > 0,
  };
}

/** What one pod counts for. */
function podOf(object: KubernetesObject, defaults: ContainerDefaults): Demand {
  const spec = podSpecOf(object) as PodSpec | undefined;
  return spec === undefined || !Array.isArray(spec.containers)
    ? {}
    : { pods: 1, 'count/pods': 1, ...podDemand(spec, defaults) };
}

// Core kinds that quotas count by their bare name, too.
const bareCounts =
  /^(services|configmaps|secrets|persistentvolumeclaims|replicationcontrollers|resourcequotas)$/;

/** What an object counts for itself. */
function objectDemand(object: KubernetesObject | undefined): Demand {
  const rule = object && findKindRule(identityOf(object));
  if (object === undefined || rule === undefined || object.kind === 'Pod') return {};
  const { group, resource } = rule;
  const storage = (object.spec as { resources?: { requests?: { storage?: string } } } | undefined)?.resources
    ?.requests?.storage;
  return {
    [`count/${resource}${group === '' ? '' : `.${group}`}`]: 1,
    ...(group === '' && bareCounts.test(resource) ? { [resource]: 1 } : {}),
    ...(object.kind === 'PersistentVolumeClaim' && storage !== undefined
      ? { 'requests.storage': quantity(storage) ?? 0 }
      : {}),
  };
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (value ?? {}) as Fields;
const count = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** The pods that an object has now. */
function podsNow({ kind, status }: LiveObject): number {
  const { replicas, currentNumberScheduled, active, phase } = fieldsOf(status);
  if (kind === 'Pod') return phase === 'Succeeded' || phase === 'Failed' ? 0 : 1;
  return count(kind === 'DaemonSet' ? currentNumberScheduled : kind === 'Job' ? active : replicas, 0);
}

/** The pods that an object is to have: those of a scaled one as they are, a DaemonSet's as there are nodes for now. */
function podsWanted(
  intent: KubernetesObject,
  present: number | undefined,
  change: ObjectChange | undefined,
): number {
  const { replicas, parallelism, completions, suspend } = fieldsOf(intent.spec);
  const directive = change?.apply?.replicas;
  switch (intent.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'ReplicationController':
      return directive !== undefined && 'replicas' in directive ? directive.replicas : count(replicas, 1);
    case 'Job': {
      const isNew = change?.action === 'created' || change?.apply?.replacement !== undefined;
      if (!isNew) return present ?? 0;
      return suspend === true
        ? 0
        : Math.min(count(parallelism, 1), count(completions, Number.POSITIVE_INFINITY));
    }
    case 'Pod':
      return change?.action === 'created' ? 1 : (present ?? 0);
    default:
      return present ?? 0;
  }
}

/** Pods beyond its count while a Deployment is rolled over, and whether it must begin with one of them. */
function surgeOf(
  { kind, spec }: KubernetesObject,
  replicas: number,
): { readonly pods: number; readonly mustSurge: boolean } {
  const { strategy, paused } = fieldsOf(spec);
  const { type = 'RollingUpdate', rollingUpdate } = fieldsOf(strategy);
  if (kind !== 'Deployment' || type !== 'RollingUpdate' || paused === true || replicas === 0)
    return { pods: 0, mustSurge: false };
  const { maxSurge = '25%', maxUnavailable = '25%' } = fieldsOf(rollingUpdate);
  const pods = share(maxSurge, replicas, Math.ceil);
  // Both zero would stand still: the server then lets one be unavailable.
  return { pods, mustSurge: pods > 0 && share(maxUnavailable, replicas, Math.floor) === 0 };
}

function share(value: unknown, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const [, percent] = /^(\d+)%$/.exec(String(value)) ?? [];
  return percent === undefined ? 0 : round((Number(percent) * of) / 100);
}

function times(demand: Demand, factor: number): Demand {
  return Object.fromEntries(Object.entries(demand).map(([name, amount]) => [name, amount * factor]));
}

function sum(a: Demand, b: Demand): Demand {
  return {
    ...a,
    ...Object.fromEntries(Object.entries(b).map(([name, amount]) => [name, amount + (a[name] ?? 0)])),
  };
}
