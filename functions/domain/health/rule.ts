import type { Cause, CauseRule } from '#domain/cause.ts';
import { recordsAt, textAt } from '#domain/health/live-fields.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { type LiveObject, momentOf } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';

/** What one object is judged against. */
export interface RuleContext extends HealthContext {
  /** The resourceVersion that our apply of this object returned: an earlier read shows the release before (H0). */
  readonly appliedResourceVersion?: string;
  /** The object as it was before our apply: tells a condition that is new from one that was left over (H1). */
  readonly before?: LiveObject;
}

/** The health of one object by nothing but itself (KUBERNETES.md §8); throws on no object, however partial. */
export type HealthRule = (live: LiveObject, context: RuleContext) => Health;

/** A controller that doesn't say which generation it looked at is believed this long after the apply (H1). */
export const settleSeconds = 10;

type Progressing = Extract<Health, { verdict: 'progressing' }>;

export const ready: Health = { verdict: 'ready' };

/** Ready, with something that a person should know. */
export function readyBut(warning: string): Health {
  return { verdict: 'ready', warning };
}

/** Not yet; `more` says what it waits for and when to look again. */
export function progressing(
  reason: string,
  more: Pick<Progressing, 'blockedBy' | 'cause' | 'recheckAt'> = {},
): Progressing {
  return { verdict: 'progressing', reason, ...more };
}

/** Failed by its own status; `detail` is the cluster's own words. */
export function failed(live: LiveObject, summary: string, detail?: string, rule: CauseRule = 'H'): Health {
  return { verdict: 'failed', reason: summary, cause: causeOf(live, summary, detail, rule) };
}

/** What stands for `seconds` since `since` fails; until then it is progressing, with the same cause. */
export function failedAfter(seconds: number, since: Instant, { now }: RuleContext, verdict: Health): Health {
  if (verdict.verdict !== 'failed') return verdict;
  const { reason, cause } = verdict;
  if (seconds === Number.POSITIVE_INFINITY) return progressing(reason, { cause });
  const recheckAt = secondsAfter(since, seconds);
  return now >= recheckAt ? verdict : progressing(reason, { cause, recheckAt });
}

function causeOf(live: LiveObject, summary: string, detail: string | undefined, rule: CauseRule): Cause {
  return {
    rule,
    object: identityOf(live),
    summary,
    ...(detail === undefined || detail === '' ? {} : { detail }),
  };
}

/** The last moment at which the object is known to have been written: its creation, or what field managers noted. */
export function lastWrittenAt(live: LiveObject): Instant {
  const noted = recordsAt(live, 'metadata', 'managedFields').map((entry) => textAt(entry, 'time'));
  const moments = [textAt(live, 'metadata', 'creationTimestamp'), ...noted].map(
    (time) => momentOf(time) ?? instant(0),
  );
  return instant(Math.max(...moments));
}

/** `apps/Deployment`, `/Service`: the key of a kind's rule. The retired group of workloads is its successors'. */
export function kindKey(live: LiveObject): string {
  const { group, kind } = identityOf(live);
  return `${group === 'extensions' ? successorOf(kind) : group}/${kind}`;
}

function successorOf(kind: string): string {
  return kind === 'Ingress' || kind === 'NetworkPolicy' ? 'networking.k8s.io' : 'apps';
}

/** `2 of 3 pods ready`. */
export function shortOf(found: number, wanted: number, what: string): string {
  return `${found} of ${wanted} ${what}`;
}
