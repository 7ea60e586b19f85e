import type { ObjectIdentity } from '#domain/manifest.ts';

/** The rules of KUBERNETES.md §9 by which a rollout is found to fail, and the deadline. */
export type CauseRule =
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
  | 'E9'
  | 'E10'
  | 'E11'
  | 'H'
  | 'H-service'
  | 'H4';

/** Why an object is not healthy: one cause, with what a person needs to find it. */
export interface Cause {
  readonly rule: CauseRule;
  readonly object: ObjectIdentity;
  /** `container 'web' crashed (exit code 1)`. */
  readonly summary: string;
  /** The cluster's own words, or what they mean. */
  readonly detail?: string;
  readonly container?: string;
  readonly exitCode?: number;
  /** How many of the new pods show it. */
  readonly pods?: { readonly affected: number; readonly total: number };
  /** Where its log is, when a log can tell more. */
  readonly logFrom?: { readonly namespace: string; readonly pod: string; readonly container: string };
}

// Depth of a cause (KUBERNETES.md G1): a denial explains everything under it, a timeout explains nothing.
const depths: Readonly<Record<CauseRule, number>> = {
  E6: 0,
  E4: 1,
  E5: 1,
  E7: 2,
  E1a: 3,
  E1b: 3,
  E3: 4,
  E11: 5,
  E2c: 5,
  E10: 5,
  E2: 5,
  E2b: 5,
  E9: 6,
  'H-service': 7,
  H: 8,
  H4: 9,
};

/** The root cause among several: the one that explains the others. */
export function rootCause(causes: readonly Cause[]): Cause | undefined {
  return causes.toSorted((a, b) => depths[a.rule] - depths[b.rule])[0];
}
