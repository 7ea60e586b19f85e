import { canonicalJson } from '#domain/canonical-json.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import { compareIdentities } from '#domain/order.ts';

interface About {
  readonly identity: ObjectIdentity;
}

/** Something that an object names and that is neither in the release nor in the cluster (KUBERNETES.md D6). */
export interface MissingReferenceAdvice extends About {
  readonly kind: 'missing-reference';
  readonly missing: ObjectIdentity;
  /** Of a ConfigMap or Secret that is there: the keys that it lacks. */
  readonly keys?: readonly string[];
  /** `pods`: they can't start without it; `images`: they may not be pulled; `other`: the object itself has no effect. */
  readonly needs: 'pods' | 'images' | 'other';
  readonly hint?: ReferenceHint;
}

/** Where what is missing may be found (KUBERNETES.md G3). */
export type ReferenceHint =
  /** This release deletes it. */
  | { readonly kind: 'pruned' }
  | { readonly kind: 'other-case'; readonly name: string }
  | { readonly kind: 'other-namespace'; readonly namespace: string }
  | { readonly kind: 'similar'; readonly name: string };

/** What a release takes of a namespace's quota, in cores, bytes or objects. */
export interface QuotaAdvice extends About {
  readonly kind: 'quota';
  /** As the quota names it: `requests.cpu`, `pods`. */
  readonly resource: string;
  readonly hard: number;
  readonly used: number;
  /** Of `used`: what the release's objects hold now, and give back. */
  readonly frees: number;
  /** What they hold when all is done. */
  readonly needs: number;
  /** What their pods hold beyond that while they are replaced. */
  readonly surge: number;
  /** `waits`: pods are replaced only as fast as old ones end; all else will not start. */
  readonly verdict: 'exceeded' | 'no-room-to-surge' | 'waits';
  /** Whose pods or objects these are. */
  readonly objects: readonly ObjectIdentity[];
}

/** Pods that say nothing of a resource that a quota counts are refused. */
export interface UnspecifiedAdvice extends About {
  readonly kind: 'quota-unspecified';
  readonly quota: ObjectIdentity;
  /** `requests.cpu of container 'main'`. */
  readonly lacks: readonly string[];
}

/**
 * One thing that a plan tells beside its changes (KUBERNETES.md D6, C4, R4). Outside of the plan's digest: it is what a
 * person decides by, and not what is decided. Names and keys only, never a value of a Secret.
 */
export type PlanAdvice =
  | MissingReferenceAdvice
  | QuotaAdvice
  | UnspecifiedAdvice
  | (About & {
      readonly kind: 'pod-security';
      /** `restricted:latest`. */
      readonly level: string;
      readonly violations: string;
    })
  | (About & {
      readonly kind: 'restarts';
      readonly reasons: readonly string[];
      /** `by-hand`: only as somebody deletes its pods, or lets it go on. */
      readonly when: 'at-once' | 'by-hand';
    })
  | (About & {
      readonly kind: 'reloads';
      readonly configuration: readonly ObjectIdentity[];
      /** `next-pods`: its pods end by themselves. */
      readonly how: 'files' | 'never' | 'files-only' | 'next-pods';
    })
  | (About & {
      readonly kind: 'replaces';
      /** `orphan-recreate`: its pods stay. */
      readonly how: 'recreate' | 'orphan-recreate';
      readonly because: readonly string[];
    })
  | {
      readonly kind: 'prunes';
      readonly objects: number;
      /** Objects that no release names any more and that stay. */
      readonly kept: readonly ObjectIdentity[];
    }
  | (About & { readonly kind: 'unverified'; readonly reason: string; readonly fitsSchema: boolean })
  | (About & {
      readonly kind: 'api-removed';
      readonly apiVersion: string;
      /** The first release of Kubernetes without it, `1.37`. */
      readonly removedIn: string;
      /** The cluster's own release; absent where the cluster itself warned. */
      readonly cluster?: string;
      readonly instead?: string;
    })
  | (About & { readonly kind: 'revision-history' })
  | (About & { readonly kind: 'unpinned-image'; readonly images: readonly string[] })
  | (About & { readonly kind: 'warning'; readonly text: string })
  | {
      readonly kind: 'not-checked';
      /** What would have been found out. */
      readonly check: 'references' | 'quota';
      readonly objects: Pick<ObjectIdentity, 'group' | 'kind' | 'namespace'> & {
        readonly names: readonly string[];
      };
      readonly reason: 'not-permitted' | 'scoped-quota';
    };

export type AdviceKind = PlanAdvice['kind'];

// What stops a rollout comes first, what only informs last.
const ranks: Readonly<Record<AdviceKind, number>> = {
  'missing-reference': 0,
  'quota-unspecified': 1,
  quota: 2,
  'pod-security': 3,
  replaces: 4,
  restarts: 5,
  reloads: 6,
  prunes: 7,
  'api-removed': 8,
  unverified: 9,
  'revision-history': 10,
  'unpinned-image': 11,
  warning: 12,
  'not-checked': 13,
};

/** True for advice that says of an object that it will not start as planned; nothing is stopped by it. */
export function willNotStart(advice: PlanAdvice): boolean {
  if (advice.kind === 'missing-reference') return advice.needs !== 'images';
  return advice.kind === 'quota-unspecified' || (advice.kind === 'quota' && advice.verdict !== 'waits');
}

/** Each advice once, in canonical order: the same facts give the same bytes, in whatever order they were found. */
export function canonicalAdvice(advice: readonly PlanAdvice[]): readonly PlanAdvice[] {
  const byText = new Map(advice.map((each) => [canonicalJson(each), each]));
  return [...byText]
    .toSorted(([aText, a], [bText, b]) => {
      const order = Number(willNotStart(b)) - Number(willNotStart(a)) || ranks[a.kind] - ranks[b.kind];
      return order || compareSubjects(a, b) || (aText < bText ? -1 : 1);
    })
    .map(([, each]) => each);
}

function compareSubjects(a: PlanAdvice, b: PlanAdvice): number {
  return 'identity' in a && 'identity' in b ? compareIdentities(a.identity, b.identity) : 0;
}
