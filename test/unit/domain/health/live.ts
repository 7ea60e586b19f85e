import type { RuleContext } from '#domain/health/rule.ts';
import { judgeObject } from '#domain/health-rules.ts';
import type { Health } from '#domain/health-verdict.ts';
import { instant, isoTime, secondsAfter } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';

/** The moment of the apply in these tests. */
export const appliedAt = instant(Date.UTC(2026, 10, 21, 9, 0, 0));

/** A Kubernetes timestamp so many seconds after the apply (before it, when negative). */
export function at(seconds: number): string {
  return isoTime(secondsAfter(appliedAt, seconds));
}

/** An object of generation 1, created with the apply. */
export function live(apiVersion: string, kind: string, fields: object = {}): LiveObject {
  const { metadata, ...rest } = fields as { metadata?: object };
  const own = { name: 'it', namespace: 'production', uid: 'uid-it', generation: 1, creationTimestamp: at(0) };
  return { apiVersion, kind, metadata: { ...own, ...metadata }, ...rest };
}

/** Judges an object so many seconds after the apply; long after it when not said. */
export function judge(object: LiveObject, seconds = 3600, more: Partial<RuleContext> = {}): Health {
  return judgeObject(object, { now: secondsAfter(appliedAt, seconds), appliedAt, objects: [], ...more });
}

/** A condition as controllers write it, changed at the apply. */
export function condition(type: string, status: string, reason = '', more: object = {}): object {
  return { type, status, reason, lastTransitionTime: at(0), ...more };
}

/** What tables of these tests are made of: a telling name, a status (and spec), a verdict, a part of what is said. */
export type Row = [name: string, fields: object, verdict: Health['verdict'], says?: string];

/** All that a person is told of a verdict. */
export function saying(health: Health): string {
  if (health.verdict === 'ready') return health.warning ?? (health.unknownKind ? 'unknown-kind' : '');
  const blockedBy = health.verdict === 'progressing' ? health.blockedBy : undefined;
  const cause = health.verdict === 'failed' ? `${health.cause.rule} ${health.cause.detail ?? ''}` : '';
  return `${health.reason} ${blockedBy ?? ''} ${cause}`;
}
