import { holds, interleave, median, printSeries } from '../report.ts';
import { type Applied, helmSide, kubectlSide, tidegateSide } from './apply-sides.ts';
import type { Cost } from './meter.ts';
import type { Suite } from './suite.ts';

interface Size {
  readonly objects: number;
  readonly rounds: number;
  /** How many times faster than each of the others Tidegate is to be. */
  readonly faster: number;
}

const sizes: readonly Size[] = [
  { objects: 50, rounds: 3, faster: 1 },
  { objects: 500, rounds: 3, faster: 1.5 },
  { objects: 2000, rounds: 1, faster: 1.5 },
];
const fasterAgain = 5;
const fewerRequestsAgain = 10;
const mostInFlight = 10;
const mostMebibytes = 512;
// Twice as many objects may take a little more than twice as long: the store and its caches grow.
const linearSlack = 1.5;

type Rounds = Record<'tidegate' | 'kubectl' | 'helm', Applied[]>;

/**
 * Applies of 50, 500 and 2,000 objects, each to a namespace of its own, and once more with nothing changed. The
 * controllers are held still meanwhile: they would work off what the side before has made.
 */
export const benchApply: Suite = async ({ bench, tools, homes, wanted }) => {
  const chosen = sizes.filter(({ objects }) => wanted.length === 0 || wanted.includes(String(objects)));
  const settings = (name: 'helm' | 'kubectl') => ({
    program: tools[name],
    kubeconfigFile: bench.side(name).kubeconfigFile,
    home: homes[name],
  });
  const sides = {
    tidegate: tidegateSide(bench),
    kubectl: kubectlSide(bench, settings('kubectl')),
    helm: helmSide(bench, settings('helm')),
  };
  const names = Object.keys(sides) as (keyof typeof sides)[];
  const namespaces = chosen.flatMap(({ objects, rounds }) =>
    names.flatMap((name) =>
      Array.from({ length: rounds }, (_, round) => `apply-${objects}-${name}-${round}`),
    ),
  );
  // What the tools cache of the cluster's APIs is there before anything counts.
  const warm = names.map((name) => `warm-${name}`);
  await bench.makeNamespaces([...namespaces, ...warm]);
  for (const name of names) await sides[name](`warm-${name}`, 3);
  const controllers = bench.processOf('kube-controller-manager');
  process.kill(controllers, 'SIGSTOP');
  try {
    const taken = new Map<number, Rounds>();
    for (const { objects, rounds } of chosen) {
      const round = { tidegate: 0, kubectl: 0, helm: 0 };
      const take = (name: keyof typeof sides) => async () => {
        const namespace = `apply-${objects}-${name}-${round[name]++}`;
        return await sides[name](namespace, objects);
      };
      taken.set(
        objects,
        await interleave(
          { tidegate: take('tidegate'), kubectl: take('kubectl'), helm: take('helm') },
          rounds,
        ),
      );
    }
    return () => report(taken);
  } finally {
    process.kill(controllers, 'SIGCONT');
  }
};

function report(taken: ReadonlyMap<number, Rounds>): boolean {
  const results = sizes.flatMap((size) => {
    const rounds = taken.get(size.objects);
    return rounds === undefined ? [] : reportSize(size, rounds);
  });
  results.push(reportWhole(taken));
  return results.every(Boolean);
}

const names = ['tidegate', 'kubectl', 'helm'] as const;
const others = ['kubectl', 'helm'] as const;

function reportSize({ objects, faster }: Size, rounds: Rounds): boolean {
  console.log(`\n  ${objects} objects`);
  for (const name of names)
    printCosts(
      `${name}: apply`,
      rounds[name].map(({ apply }) => apply),
    );
  for (const name of names)
    printCosts(
      `${name}: again`,
      rounds[name].map(({ again }) => again),
    );
  printTidegate(rounds.tidegate);
  const time = (name: keyof Rounds, of: 'apply' | 'again') =>
    median(rounds[name].map((each) => each[of].seconds));
  const requests = (name: keyof Rounds) => median(rounds[name].map(({ again }) => again.requests));
  const checks = others.flatMap((other) => [
    atLeast(
      `apply of ${objects}: faster than ${other}`,
      time(other, 'apply') / time('tidegate', 'apply'),
      faster,
    ),
    atLeast(`again: faster than ${other}`, time(other, 'again') / time('tidegate', 'again'), fasterAgain),
    atLeast(
      `again: fewer requests than ${other}`,
      requests(other) / requests('tidegate'),
      fewerRequestsAgain,
    ),
  ]);
  return checks.every(Boolean);
}

function printCosts(name: string, costs: readonly Cost[]): void {
  printSeries({ name, unit: 's', values: costs.map(({ seconds }) => seconds) });
  const server = costs.map(({ serverSeconds }) => serverSeconds.toFixed(1)).join(' ');
  const requests = costs.map(({ requests }) => requests).join(' ');
  console.log(`  ${''.padEnd(28)} API server's processor ${server} s   requests ${requests}`);
}

function printTidegate(rounds: readonly Applied[]): void {
  const reports = rounds.flatMap(({ report }) => report ?? []);
  printCosts(
    'tidegate: plan before it',
    reports.map(({ plan }) => plan),
  );
  printCosts(
    'tidegate: verify after it',
    reports.map(({ verify }) => verify),
  );
  const own = reports.map(({ applyProcessorSeconds }) => applyProcessorSeconds);
  printSeries({ name: 'tidegate: apply, own processor', unit: 's', values: own });
}

function atLeast(what: string, value: number, wanted: number): boolean {
  const good = value >= wanted && value > 1;
  console.log(`  ${good ? 'holds' : 'FAILS'}: ${what}: ${value.toFixed(1)} ×, at least ${wanted} ×`);
  return good;
}

function reportWhole(taken: ReadonlyMap<number, Rounds>): boolean {
  console.log('\n  every size');
  const reports = [...taken.values()].flatMap(({ tidegate }) =>
    tidegate.flatMap(({ report }) => report ?? []),
  );
  const seconds = (objects: number) =>
    median((taken.get(objects)?.tidegate ?? []).map(({ apply }) => apply.seconds));
  return [
    holds({
      what: 'requests in flight',
      value: Math.max(...reports.map((each) => each.mostInFlight)),
      atMost: mostInFlight,
      unit: 'requests',
    }),
    holds({
      what: 'peak of memory',
      value: Math.max(...reports.map(({ peakMebibytes }) => peakMebibytes)),
      atMost: mostMebibytes,
      unit: 'MiB',
    }),
    ...(taken.has(500) && taken.has(2000)
      ? [
          holds({
            what: 'time of 2,000 objects beside 500',
            value: seconds(2000) / seconds(500),
            atMost: 4 * linearSlack,
            unit: '×',
          }),
        ]
      : []),
  ].every(Boolean);
}
