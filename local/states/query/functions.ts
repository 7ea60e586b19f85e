import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { parseQuery } from './expression.ts';

/** A number in [0, 1), as `Math.random` gives it. */
export type Random = () => number;

/** What expressions may ask of the world. */
export interface QuerySources {
  readonly clock: Clock;
  readonly random: Random;
}

const hashes: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash(data: unknown, algorithm: unknown): string | undefined {
  if (data === undefined) return undefined;
  const name = hashes[String(algorithm)];
  if (!name)
    throw new Error(`$hash algorithm '${String(algorithm)}' is none of ${Object.keys(hashes).join(', ')}`);
  return createHash(name)
    .update(typeof data === 'string' ? data : JSON.stringify(data))
    .digest('hex');
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new Error(`$parse argument '${JSON.stringify(text)}' is not a string`);
  return JSON.parse(text);
}

function partition(array: unknown, size: unknown): unknown[][] | undefined {
  if (array === undefined) return undefined;
  const items = Array.isArray(array) ? array : [array];
  if (!Number.isInteger(size) || Number(size) < 1)
    throw new Error(`$partition size '${size}' is not a positive integer`);
  const step = Number(size);
  return Array.from({ length: Math.ceil(items.length / step) }, (_, at) =>
    items.slice(at * step, (at + 1) * step),
  );
}

function range(first: unknown, last: unknown, step: unknown): number[] {
  const [from, to, by] = [first, last, step].map((value) => {
    if (!Number.isInteger(value)) throw new Error(`$range argument '${value}' is not an integer`);
    return Number(value);
  }) as [number, number, number];
  if (by === 0) throw new Error("$range step '0' never ends");
  const length = Math.max(0, Math.floor((to - from) / by) + 1);
  return Array.from({ length }, (_, at) => from + at * by);
}

// mulberry32: AWS promises only that the same seed gives the same number.
function seeded(seed: number): number {
  let mixed = (seed + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * The functions that Step Functions adds to JSONata, the clock's `$now` and `$millis`, and no `$eval`
 * (developer guide, "Transforming data with JSONata"). `$parse` there stands in for `$eval`.
 */
export function queryFunctions({ clock, random }: QuerySources): Record<string, unknown> {
  const now = clock.now();
  return {
    parse,
    partition,
    range,
    hash,
    random: (seed?: number) => (seed === undefined ? random() : seeded(seed)),
    uuid: () => randomUUID(),
    millis: () => now,
    now: (picture?: string, timezone?: string) =>
      parseQuery('$fromMillis($at, $picture, $timezone)').evaluate(undefined, { at: now, picture, timezone }),
    eval: undefined,
  };
}
