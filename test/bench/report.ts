/** Numbers of one side of a benchmark, in the order they were taken. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const rounded = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** Prints median and raw values, one line a series. */
export function printSeries({ name, unit, values }: Series): void {
  console.log(
    `  ${name.padEnd(28)} median ${rounded(median(values)).padStart(7)} ${unit}   raw ${values.map(rounded).join(' ')}`,
  );
}

/** A number that must not be exceeded. */
export interface Bar {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
  readonly unit: string;
}

/** Prints a bar with its verdict; answers whether it holds. */
export function holds({ what, value, atMost, unit }: Bar): boolean {
  const good = value <= atMost;
  console.log(
    `  ${good ? 'holds' : 'FAILS'}: ${what}: ${rounded(value)} ${unit}, at most ${rounded(atMost)} ${unit}`,
  );
  return good;
}

/**
 * Takes `rounds` values of each side in turn, alternating who goes first, so that a slow moment hits all alike. Before
 * that come `warmUps` rounds that do not count: what was just built is not yet in the machine's file cache.
 */
export async function interleave<Name extends string, Value = number>(
  sides: Readonly<Record<Name, () => Value | Promise<Value>>>,
  rounds: number,
  warmUps = 0,
): Promise<Record<Name, Value[]>> {
  const names = Object.keys(sides) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as Value[]])) as Record<Name, Value[]>;
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await sides[name]();
      if (round >= 0) taken[name].push(value);
    }
  }
  return taken;
}
