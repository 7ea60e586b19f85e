import type { Scenario } from '../../cluster/scenarios.ts';
import { median } from '../report.ts';
import { cannotWork, judgePeer, judgeTidegate } from './judge-scenario.ts';
import type { PeerVerdict } from './peer-scenario.ts';
import type { TidegateRun } from './tidegate-run.ts';

/** What the three tools made of one scenario. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly tidegate: TidegateRun;
  readonly helm: PeerVerdict | undefined;
  readonly kubectl: PeerVerdict | undefined;
}

const mark = (isGood: boolean) => (isGood ? '✓' : '✗');
const seconds = (value: number) => `${value.toFixed(1)} s`;

/** Prints a line for each scenario, then what was said about each. */
export function printScenarios(results: readonly ScenarioResult[]): void {
  const columns = [24, 19, 19, 9, 9, 7, 27, 27];
  const header = ['scenario', 'truth', 'tidegate', 'after', 'at most', 'cause', 'helm', 'kubectl'];
  const rows = results.map((result) => rowOf(result));
  for (const row of [header, ...rows]) {
    console.log(`  ${row.map((cell, index) => cell.padEnd(columns[index] ?? 0)).join(' ')}`.trimEnd());
  }
  console.log('\n  What Tidegate says:');
  for (const { scenario, tidegate } of results) {
    const [first = '', second] = tidegate.cause.split('\n');
    if (first === '') continue;
    console.log(`  ${scenario.name.padEnd(24)} ${first}`);
    if (tidegate.verdict.endsWith('deadline') || tidegate.verdict === 'blocked')
      console.log(`  ${''.padEnd(24)} ${second ?? ''}`);
  }
  console.log('\n  What helm says of failures:');
  for (const { scenario, helm } of results) {
    if (helm !== undefined && !helm.success)
      console.log(`  ${scenario.name.padEnd(24)} ${helm.cause.split('\n').join(' ').slice(0, 200)}`);
  }
}

function rowOf({ scenario, tidegate, helm, kubectl }: ScenarioResult): readonly string[] {
  const { isRight, isInTime, namesCause } = judgeTidegate(scenario, tidegate);
  return [
    scenario.name,
    scenario.truth,
    `${mark(isRight)} ${tidegate.verdict}`,
    seconds(tidegate.seconds),
    `${mark(isInTime)} ${scenario.withinSeconds} s`,
    scenario.cause === undefined ? '' : mark(namesCause),
    peerCell(scenario, helm),
    peerCell(scenario, kubectl),
  ];
}

const peerMarks = { right: '✓', wrong: '✗', neither: '·' } as const;

function peerCell(scenario: Scenario, verdict: PeerVerdict | undefined): string {
  if (verdict === undefined) return '–';
  const names = verdict.success ? '' : ` cause ${mark(scenario.cause?.test(verdict.cause) ?? false)}`;
  const word = verdict.success ? 'success' : 'fail';
  return `${peerMarks[judgePeer(scenario, verdict)]} ${word} ${seconds(verdict.seconds)}${names}`;
}

interface Claim {
  readonly what: string;
  readonly is: string;
  readonly holds: boolean;
  /** The scenarios that break it. */
  readonly broken: readonly string[];
}

/** Prints each bar with what breaks it; answers whether all hold. */
export function scenarioBarsHold(results: readonly ScenarioResult[]): boolean {
  const judged = results.map((result) => ({
    ...result,
    ...judgeTidegate(result.scenario, result.tidegate),
  }));
  const bad = judged.filter(({ scenario }) => cannotWork(scenario));
  const middle = median(results.map(({ tidegate }) => tidegate.seconds));
  const all = (
    what: string,
    of: typeof judged,
    isGood: (each: (typeof judged)[number]) => boolean,
  ): Claim => {
    const broken = of.filter((each) => !isGood(each)).map(({ scenario }) => scenario.name);
    return { what, is: `${of.length - broken.length} of ${of.length}`, holds: broken.length === 0, broken };
  };
  const claims: readonly Claim[] = [
    all('verdict is right', judged, ({ isRight }) => isRight),
    all('no false alarm', judged, ({ isFalseAlarm }) => !isFalseAlarm),
    all("within its rule's time + 2 s", judged, ({ isInTime }) => isInTime),
    all('cause named of what cannot work', bad, ({ namesCause }) => namesCause),
    { what: 'median of all, at most 10 s', is: seconds(middle), holds: middle <= 10, broken: [] },
  ];
  for (const { what, is, holds, broken } of claims) {
    const who = broken.length === 0 ? '' : ` (not: ${broken.join(', ')})`;
    console.log(`  ${holds ? 'holds' : 'FAILS'}: ${what}: ${is}${who}`);
  }
  return claims.every(({ holds }) => holds);
}
