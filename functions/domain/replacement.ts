import { type RefusalCause, withoutValue } from '#domain/api-refusal.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { Replacement } from '#domain/plan.ts';

/** On an object: it may be deleted and created anew when what changes can't be changed in place. */
export const replaceAnnotation = 'tidegate.dev/replace';
/** On a Job: it may be replaced while it runs. */
export const replaceRunningAnnotation = 'tidegate.dev/replace-running';

/** Whether an object that can't be changed in place is replaced, and if not, why. */
export type ReplacementDecision =
  | { readonly kind: 'replace'; readonly replacement: Replacement }
  | { readonly kind: 'refuse'; readonly reason: string };

interface ReplacementRule {
  readonly how: Replacement['how'];
  /** `asked`: only with the annotation; `never`: not even then. */
  readonly when: 'always' | 'asked' | 'never';
  readonly reason: string;
}

const neverWorkload: ReplacementRule = {
  how: 'recreate',
  when: 'never',
  reason: 'deleting it would stop its pods; release it under a new name beside the old one',
};

// What is done by default (KUBERNETES.md I2).
const rules: Readonly<Record<string, ReplacementRule>> = {
  'batch/Job': { how: 'recreate', when: 'always', reason: '' },
  'rbac.authorization.k8s.io/RoleBinding': { how: 'recreate', when: 'always', reason: '' },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { how: 'recreate', when: 'always', reason: '' },
  'apps/StatefulSet': { how: 'orphan-recreate', when: 'always', reason: '' },
  'apps/Deployment': neverWorkload,
  'apps/DaemonSet': neverWorkload,
  'apps/ReplicaSet': neverWorkload,
  '/Service': {
    how: 'recreate',
    when: 'asked',
    reason: 'a new one has another address, which breaks its clients, and its load balancer is made anew',
  },
  '/PersistentVolumeClaim': { how: 'recreate', when: 'never', reason: 'its data would be lost' },
  '/PersistentVolume': { how: 'recreate', when: 'never', reason: 'its data would be lost' },
  'apiextensions.k8s.io/CustomResourceDefinition': {
    how: 'recreate',
    when: 'never',
    reason: 'all its objects would be deleted with it',
  },
  '/Namespace': { how: 'recreate', when: 'never', reason: 'all it holds would be deleted with it' },
};

const anyOther: ReplacementRule = {
  how: 'recreate',
  when: 'asked',
  reason: 'it would be deleted and created anew, and is missing in between',
};

export interface ReplacementRequest {
  readonly identity: ObjectIdentity;
  readonly intent: KubernetesObject;
  readonly live: LiveObject;
  /** True when the live object is of this very application and environment. */
  readonly isOwn: boolean;
  /** The server's reasons, all of them immutability. */
  readonly causes: readonly RefusalCause[];
}

/** Decides what becomes of an object whose change the cluster refuses because a field is immutable. */
export function decideReplacement(request: ReplacementRequest): ReplacementDecision {
  const { identity, intent, live, isOwn, causes } = request;
  const rule = rules[`${identity.group}/${identity.kind}`] ?? anyOther;
  const isAsked = [intent, live].some(
    ({ metadata }) => metadata.annotations?.[replaceAnnotation] === 'allowed',
  );
  const because = causes.map(
    ({ field, message }) => `${field === '' ? '' : `${field}: `}${withoutValue(message, identity.kind)}`,
  );
  const refuse = (reason: string): ReplacementDecision => ({
    kind: 'refuse',
    reason: `${identityText(identity)}: can't be changed in place (${because.join('; ')}): ${reason}`,
  });
  if (rule.when === 'never') return refuse(rule.reason);
  const asking = `annotate it \`${replaceAnnotation}: allowed\` to have it replaced all the same`;
  if (rule.when === 'asked' && !isAsked) return refuse(`${rule.reason}; ${asking}`);
  if (!isOwn && !isAsked)
    return refuse(`it was made outside Tidegate, and is not deleted unasked; ${asking}`);
  if (isRunning(live) && !mayReplaceRunning(intent)) return refuse(runningReason);
  return { kind: 'replace', replacement: { how: rule.how, because } };
}

const runningReason = `it is running; wait for its end, or annotate it \`${replaceRunningAnnotation}: "true"\``;

/** Why a planned replacement may not be done just now, if so: a Job that began to run since (I2). */
export function replacementHold(intent: KubernetesObject, live: LiveObject): string | undefined {
  return isRunning(live) && !mayReplaceRunning(intent) ? runningReason : undefined;
}

function isRunning({ kind, status }: LiveObject): boolean {
  const { active } = (status ?? {}) as { readonly active?: unknown };
  return kind === 'Job' && typeof active === 'number' && active > 0;
}

function mayReplaceRunning({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[replaceRunningAnnotation] === 'true';
}

/**
 * What is dry-run in the place of a replacement: the same object under a name that is free, so that it is not found out
 * after the delete that the cluster refuses it. Allocated addresses and ports are taken still, and are left out.
 */
export function rehearsalOf(intent: KubernetesObject): KubernetesObject {
  const name = `${intent.metadata.name.slice(0, 40).replace(/[^a-z0-9]+$/, '')}-tidegate-rehearsal`;
  const renamed = { ...intent, metadata: { ...intent.metadata, name } };
  if (intent.kind !== 'Service') return renamed;
  const { clusterIP, clusterIPs: _, healthCheckNodePort: __, ports, ...spec } = intent.spec as Fields;
  const free = Array.isArray(ports) ? ports.map(({ nodePort: ___, ...port }: Fields) => port) : ports;
  return {
    ...renamed,
    spec: {
      ...spec,
      ...(clusterIP === 'None' ? { clusterIP } : {}),
      ...(free === undefined ? {} : { ports: free }),
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;
