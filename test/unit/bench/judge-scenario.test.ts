import { describe, expect, it } from 'vitest';
import { judgePeer, judgeTidegate } from '../../bench/cluster/judge-scenario.ts';
import type { TidegateRun, Verdict } from '../../bench/cluster/tidegate-run.ts';
import { type Scenario, scenarios, type Truth } from '../../cluster/scenarios.ts';

const scenario = (truth: Truth): Scenario => ({
  name: 'a scenario',
  truth,
  cause: /no such secret/,
  withinSeconds: 12,
  objects: () => [],
});

const run = (verdict: Verdict, cause = 'no such secret', seconds = 12): TidegateRun => ({
  verdict,
  cause,
  seconds,
  endedAfterSeconds: seconds,
  planSeconds: 0,
});

describe('what the benchmark calls right', () => {
  it.each<[Truth, Verdict, boolean]>([
    ['ready', 'ready', true],
    ['ready', 'ready-with-warning', false],
    ['ready-with-warning', 'ready-with-warning', true],
    ['ready-with-warning', 'ready', false],
    ['failed', 'failed', true],
    ['failed', 'refused', true],
    ['failed', 'ready', false],
    ['failed', 'blocked', false],
    ['failed-at-deadline', 'failed-at-deadline', true],
    ['failed-at-deadline', 'failed', false],
    ['blocked', 'blocked', true],
    ['blocked', 'failed-at-deadline', false],
    ['blocked', 'ready', false],
  ])('%s called %s: %s', (truth, verdict, isRight) => {
    expect(judgeTidegate(scenario(truth), run(verdict)).isRight).toBe(isRight);
  });

  it('a verdict in time, not a tenth of a second after it', () => {
    expect(judgeTidegate(scenario('failed'), run('failed')).isInTime).toBe(true);
    expect(judgeTidegate(scenario('failed'), run('failed', 'no such secret', 12.1)).isInTime).toBe(false);
  });

  it('a cause that is named', () => {
    expect(judgeTidegate(scenario('failed'), run('failed', 'timed out')).namesCause).toBe(false);
  });

  it('of other tools: a success of what is ready, a failure of what cannot work', () => {
    const said = (success: boolean) => ({ success, seconds: 1, cause: '' });
    expect(judgePeer(scenario('ready'), said(true))).toBe('right');
    expect(judgePeer(scenario('ready'), said(false))).toBe('wrong');
    expect(judgePeer(scenario('failed'), said(true))).toBe('wrong');
    expect(judgePeer(scenario('failed-at-deadline'), said(false))).toBe('right');
    expect(judgePeer(scenario('blocked'), said(true))).toBe('neither');
  });
});

describe('the twenty scenarios', () => {
  it('are fifteen that cannot work, three that something outside blocks, two that are ready', () => {
    const counts = Map.groupBy(scenarios, ({ truth }) => truth.split('-')[0]);
    expect([...counts].map(([truth, of]) => [truth, of.length]).sort()).toEqual([
      ['blocked', 3],
      ['failed', 15],
      ['ready', 2],
    ]);
  });

  it('each have a cause to be named, but the one that nothing is wrong with', () => {
    const silent = scenarios.filter(({ cause }) => cause === undefined);
    expect(silent.map(({ name }) => name)).toEqual(['ok']);
  });
});
