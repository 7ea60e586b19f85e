import { availableParallelism } from 'node:os';
import { holds, median, printSeries } from '../report.ts';
import type { ApplyReport } from './apply-child.ts';
import type { Applied } from './apply-sides.ts';
import type { Cost } from './meter.ts';

export interface Size {
  readonly objects: number;
  readonly rounds: number;
  /** How many times faster than each of the others Tidegate is to be. */
  readonly faster: number;
  /** How many times fewer requests it is to take where nothing changed; shown without a bar where absent. */
  readonly fewerAgain?: number;
}

const others = ['kubectl', 'helm'] as const;
const names = ['tidegate', ...others] as const;

/** What each side needed, round by round. */
export type Rounds = Readonly<Record<(typeof names)[number], readonly Applied[]>>;

const fasterAgain = 5;
const mostInFlight = 10;
const mostMebibytes = 512;
// Four times as many objects may take somewhat more than four times as long: the store and its caches grow.
const linearSlack = 1.5;

/** Prints the numbers of every size; answers whether the bars hold. */
export function printApplies(sizes: readonly Size[], taken: ReadonlyMap<number, Rounds>): boolean {
  const results = sizes.flatMap((size) => {
    const rounds = taken.get(size.objects);
    return rounds === undefined ? [] : printSize(size, rounds);
  });
  return [...results, printWhole(taken)].every(Boolean);
}

function printSize({ objects, faster, fewerAgain }: Size, rounds: Rounds): boolean {
  console.log(`\n  ${objects} objects`);
  for (const work of ['apply', 'again'] as const) {
    for (const name of names) {
      const costs = rounds[name].map((each) => each[work]);
      printCosts(`${name}: ${work}`, costs);
    }
  }
  printTidegate(rounds.tidegate.flatMap(({ report }) => report ?? []));
  const over = (other: keyof Rounds, numberOf: (each: Applied) => number) =>
    median(rounds[other].map(numberOf)) / median(rounds.tidegate.map(numberOf));
  return others
    .flatMap((other) => [
      atLeast(
        `faster than ${other}`,
        over(other, ({ apply }) => apply.seconds),
        faster,
      ),
      atLeast(
        `again, faster than ${other}`,
        over(other, ({ again }) => again.seconds),
        fasterAgain,
      ),
      atLeast(
        `again, fewer requests than ${other}`,
        over(other, ({ again }) => again.requests),
        fewerAgain,
      ),
    ])
    .every(Boolean);
}

const milliseconds = (seconds: number) => seconds * 1000;

function printCosts(name: string, costs: readonly Cost[]): void {
  printSeries({ name, unit: 'ms', values: costs.map(({ seconds }) => milliseconds(seconds)) });
  const server = costs.map(({ serverSeconds }) => serverSeconds.toFixed(2)).join(' ');
  const requests = costs.map((each) => each.requests).join(' ');
  console.log(`  ${''.padEnd(28)} API server's processor time ${server} s   requests ${requests}`);
}

function printTidegate(reports: readonly ApplyReport[]): void {
  printCosts(
    'tidegate: plan before',
    reports.map(({ plan }) => plan),
  );
  printCosts(
    'tidegate: verify after',
    reports.map(({ verify }) => verify),
  );
  const least = reports.map((report) => milliseconds(leastSeconds(report)));
  printSeries({ name: 'least of any such apply', unit: 'ms', values: least });
  console.log(`  ${''.padEnd(28)} if ${cores} processors did these requests and nothing else`);
}

const cores = availableParallelism();

/** What API server, etcd and Tidegate computed for the apply, on all processors at once. */
function leastSeconds({ apply, applyProcessorSeconds }: ApplyReport): number {
  return (apply.serverSeconds + apply.storeSeconds + applyProcessorSeconds) / cores;
}

function atLeast(what: string, value: number, wanted: number | undefined): boolean {
  const good = wanted === undefined || (value >= wanted && value > 1);
  const verdict = wanted === undefined ? 'shown' : good ? 'holds' : 'FAILS';
  const bar = wanted === undefined ? '' : `, at least ${wanted} ×`;
  console.log(`  ${verdict}: ${what}: ${value.toFixed(1)} ×${bar}`);
  return good;
}

function printWhole(taken: ReadonlyMap<number, Rounds>): boolean {
  console.log('\n  every size');
  const all = [...taken.values()].flatMap(({ tidegate }) => tidegate);
  const reports = all.flatMap(({ report }) => report ?? []);
  const most = (numberOf: (report: ApplyReport) => number) => Math.max(...reports.map(numberOf));
  const seconds = (objects: number) =>
    median((taken.get(objects)?.tidegate ?? []).map(({ apply }) => apply.seconds));
  const inFlight = { value: most((each) => each.mostInFlight), atMost: mostInFlight, unit: 'requests' };
  const memory = { value: most((each) => each.peakMebibytes), atMost: mostMebibytes, unit: 'MiB' };
  const growth = { value: seconds(2000) / seconds(500), atMost: 4 * linearSlack, unit: '×' };
  return [
    holds({ what: 'in flight', ...inFlight }),
    holds({ what: 'peak of memory', ...memory }),
    Number.isNaN(growth.value) || holds({ what: 'time of 2,000 objects over 500', ...growth }),
  ].every(Boolean);
}
