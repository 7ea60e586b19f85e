import { judgeObject } from '#domain/health-rules.ts';
import type { Health } from '#domain/health-verdict.ts';
import { type Instant, instant, isoTime } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { type PeerVerdict, peerVerdictOf } from './peer-verdict.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a case came to: our verdict and the peer's. */
export interface CaseResult {
  readonly id: string;
  readonly ours: Health['verdict'];
  readonly peer: PeerVerdict | null;
  readonly reason: string;
}

const objectKeys = ['input', 'inputs', 'object', 'objects', 'obj', 'live', 'resource', 'manifest'];
const expectedKeys = ['expected', 'expect', 'want', 'peerVerdict'];

/** The cases of a file's content: a list, or an object that holds one. Throws when there is none. */
export function casesOf(content: unknown): readonly Fields[] {
  if (Array.isArray(content)) return content.filter(isFields);
  const list = isFields(content) ? Object.values(content).find(Array.isArray) : undefined;
  if (list === undefined) throw new Error('neither a list of cases nor an object that holds one');
  return list.filter(isFields);
}

/** Judges a case's object as it is found, at `now` and at rest: nothing about it is older than our apply (H1). */
export function judgeCase(each: Fields, index: number, now: Instant): CaseResult {
  const id = String(each.id ?? each.name ?? index);
  const peer =
    expectedKeys.map((key) => peerVerdictOf(each[key])).find((found) => found !== undefined) ?? null;
  const objects = objectsOf(each, now);
  const live = objects.find(({ kind }) => kind === each.kind) ?? objects[0];
  if (live === undefined) return { id, ours: 'unknown', peer, reason: 'the case holds no object' };
  const health = judgeObject(live, { now, appliedAt: instant(0), objects });
  return { id, ours: health.verdict, peer, reason: reasonOf(health) };
}

function objectsOf(each: Fields, now: Instant): readonly LiveObject[] {
  const found = objectKeys.map((key) => each[key]).find((value) => value !== undefined);
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  return list.filter(isFields).map((object) => liveObject(object, each, now));
}

// Cases come without a name or a version; `__NOW__` stands for the moment at which they are run.
function liveObject(object: Fields, { group, kind }: Fields, now: Instant): LiveObject {
  const timed: Fields = JSON.parse(JSON.stringify(object).replaceAll('__NOW__', isoTime(now)));
  const apiVersion = group === undefined || group === '' ? 'v1' : `${group}/v1`;
  const metadata = { name: '', ...(isFields(timed.metadata) ? timed.metadata : {}) };
  return { apiVersion, kind: String(kind ?? ''), ...timed, metadata } as LiveObject;
}

function reasonOf(health: Health): string {
  if (health.verdict === 'ready')
    return health.unknownKind === true
      ? 'unknown-kind: its status tells nothing, and it is at rest'
      : (health.warning ?? 'all that its kind is asked for holds');
  const blockedBy = health.verdict === 'progressing' ? health.blockedBy : undefined;
  const detail = health.verdict === 'failed' ? health.cause.detail : undefined;
  return [
    health.reason,
    ...(detail === undefined ? [] : [detail]),
    ...(blockedBy === undefined ? [] : [`(waits for the ${blockedBy})`]),
  ].join(' ');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
