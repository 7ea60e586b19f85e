import type { Instant } from '#domain/instant.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';

/** The rules of KUBERNETES.md §9 by which a rollout is found to fail. */
export type FailureRule =
  | 'E1a'
  | 'E1b'
  | 'E2'
  | 'E2b'
  | 'E2c'
  | 'E3'
  | 'E4'
  | 'E5'
  | 'E6'
  | 'E7'
  | 'E8'
  | 'E9'
  | 'E10'
  | 'E11'
  | 'E12'
  | 'E13'
  | 'E14';

/** Those, the ready rules of §8 (of workloads `H`, of other kinds `H Service`, `H PVC`), and the deadline. */
export type CauseRule = FailureRule | 'H' | `H ${string}` | 'H4';

/** A container's end, as far as it tells why. */
export interface Termination {
  readonly exitCode: number;
  /** As the container runtime names it: `Error`, `OOMKilled`, `StartError`. */
  readonly reason?: string;
  readonly ranSeconds?: number;
  readonly finishedAt?: Instant;
  readonly restarts: number;
}

/** What is named and not there (KUBERNETES.md E4, E5, G3). */
export interface MissingReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a ConfigMap or Secret that is there. */
  readonly key?: string;
}

/** Where a container's log is. */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The container's run that it is about: another run's log is another log. */
  readonly run: string;
  /** True when that run is over and another one has begun. */
  readonly previous: boolean;
  /** True when the container is started again in the same pod, so that its log becomes the previous one. */
  readonly isRestarted: boolean;
}

/** Why an object is not healthy: one cause, with what a person needs to find it. */
export interface Cause {
  readonly rule: CauseRule;
  readonly object: ObjectIdentity;
  /** Of the live object. */
  readonly uid?: string;
  /** `container 'web' crashed (exit code 1)`. */
  readonly summary: string;
  /** The cluster's own words, or what they mean. */
  readonly detail?: string;
  readonly container?: string;
  readonly termination?: Termination;
  /** How many of the new pods show it. */
  readonly pods?: { readonly affected: number; readonly total: number };
  /** One of those pods, to look at. */
  readonly pod?: { readonly namespace: string; readonly name: string };
  /** Where its log is, when a log can tell more. */
  readonly logFrom?: LogSource;
  readonly missing?: MissingReference;
  /** What outside of the release it waits for. */
  readonly blockedBy?: string;
  /** True for what is never a verdict by itself: only a deadline ends it. */
  readonly lasting?: true;
}

// Depth of a cause (KUBERNETES.md G1): a denial explains everything under it, a timeout explains nothing.
const depths: Readonly<Record<FailureRule, number>> = {
  E6: 0,
  E4: 1,
  E5: 1,
  E14: 1,
  E7: 2,
  E8: 2,
  E1a: 3,
  E1b: 3,
  E3: 4,
  E11: 5,
  E2c: 5,
  E10: 5,
  E2: 5,
  E2b: 5,
  E12: 5,
  E13: 5,
  E9: 6,
};
const readyRuleDepth = 7;
const deadlineDepth = 8;

function depthOf(rule: CauseRule): number {
  if (rule === 'H4') return deadlineDepth;
  return rule in depths ? depths[rule as FailureRule] : readyRuleDepth;
}

/** Causes in the order in which they explain each other: the first is the root cause (KUBERNETES.md G1). */
export function byDepth(causes: readonly Cause[]): readonly Cause[] {
  return causes.toSorted((a, b) => depthOf(a.rule) - depthOf(b.rule));
}

/** The root cause among several: the one that explains the others. */
export function rootCause(causes: readonly Cause[]): Cause | undefined {
  return byDepth(causes)[0];
}

/** True for a cause that ends a rollout by itself sooner or later, not only by a deadline. */
export function isVerdictInTime({ rule, lasting }: Cause): boolean {
  return rule in depths && lasting !== true;
}

const workloadGroups = new Set(['apps', 'batch']);
const shortNames: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'PVC',
  HorizontalPodAutoscaler: 'HPA',
  PodDisruptionBudget: 'PDB',
  CustomResourceDefinition: 'CRD',
};

/** The rule of §8 by which an object of that kind is ready. */
export function readyRuleOf({ group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>): CauseRule {
  if (workloadGroups.has(group) || kind === 'Pod') return 'H';
  return `H ${shortNames[kind] ?? kind}`;
}
