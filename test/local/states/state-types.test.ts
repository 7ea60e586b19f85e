import { describe, expect, it } from 'vitest';
import { Laboratory, task } from './laboratory.ts';

const pass = (more: object) => ({ Type: 'Pass', End: true, ...more });

describe('each state type', () => {
  const cases: [name: string, states: Record<string, object>, input: unknown, output: unknown][] = [
    ['Pass hands its input on', { P: pass({}) }, { a: 1 }, { a: 1 }],
    [
      'Pass evaluates Output',
      { P: pass({ Output: { b: '{% $states.input.a + 1 %}', c: ['x'] } }) },
      { a: 1 },
      { b: 2, c: ['x'] },
    ],
    [
      'Succeed evaluates Output',
      { S: { Type: 'Succeed', Output: '{% $states.input.a %}' } },
      { a: [1] },
      [1],
    ],
    [
      'Task outputs the whole result',
      { T: task('echo', { Output: undefined }) },
      { a: 1 },
      { ExecutedVersion: '$LATEST', Payload: { a: 1 }, StatusCode: 200 },
    ],
    [
      'Task by function ARN',
      { T: { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:echo', End: true } },
      { a: 1 },
      { a: 1 },
    ],
    [
      'Choice takes the first rule that matches',
      {
        C: {
          Type: 'Choice',
          Choices: [
            { Condition: '{% $states.input.n > 5 %}', Next: 'A' },
            { Condition: true, Next: 'B', Output: 'rule' },
          ],
        },
        A: pass({ Output: 'a' }),
        B: pass({}),
      },
      { n: 3 },
      'rule',
    ],
    [
      "Choice falls to its Default with the state's own Output",
      {
        C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'A' }], Default: 'A', Output: 'default' },
        A: pass({}),
      },
      {},
      'default',
    ],
    [
      'Parallel gives an array in order',
      {
        P: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'W',
              States: { W: { Type: 'Wait', Seconds: 9, Next: 'X' }, X: pass({ Output: 'slow' }) },
            },
            { StartAt: 'Y', States: { Y: pass({ Output: 'fast' }) } },
          ],
          End: true,
        },
      },
      {},
      ['slow', 'fast'],
    ],
    [
      'Parallel hands Arguments to its branches',
      {
        P: {
          Type: 'Parallel',
          Arguments: { n: '{% $states.input.a %}' },
          Branches: [{ StartAt: 'Y', States: { Y: pass({}) } }],
          Output: '{% $states.result[0].n %}',
          End: true,
        },
      },
      { a: 7 },
      7,
    ],
    [
      'Map over Items with a selector',
      {
        M: {
          Type: 'Map',
          Items: '{% $states.input.list %}',
          ItemSelector: {
            at: '{% $states.context.Map.Item.Index %}',
            is: '{% $states.context.Map.Item.Value %}',
          },
          ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'I', States: { I: pass({}) } },
          End: true,
        },
      },
      { list: ['x', 'y'] },
      [
        { at: 0, is: 'x' },
        { at: 1, is: 'y' },
      ],
    ],
    [
      'Map over nothing',
      { M: { Type: 'Map', Items: [], ItemProcessor: { StartAt: 'I', States: { I: pass({}) } }, End: true } },
      {},
      [],
    ],
    [
      'Map sees the item in its iterations',
      {
        M: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'I',
            States: { I: pass({ Output: '{% $states.context.Map.Item.Value * 2 %}' }) },
          },
          End: true,
        },
      },
      [1, 2],
      [2, 4],
    ],
  ];
  it.each(cases)('%s', async (_, states, input, output) => {
    const ended = await new Laboratory({ echo: (payload) => payload }).run(
      JSON.parse(JSON.stringify(states)),
      input,
    );
    expect(ended).toMatchObject({ status: 'SUCCEEDED', result: output });
  });

  it.each([
    [
      'an error and a cause',
      { Error: 'Odd', Cause: '{% "for " & $states.input.who %}' },
      { error: 'Odd', cause: 'for me' },
    ],
    ['nothing', {}, {}],
  ])('Fail with %s', async (_, fields, facts) => {
    const ended = await new Laboratory().run({ F: { Type: 'Fail', ...fields } }, { who: 'me' });
    expect(ended).toMatchObject({ status: 'FAILED', ...facts });
  });

  it('Choice without a match fails with States.NoChoiceMatched', async () => {
    const states = { C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'P' }] }, P: pass({}) };
    expect(await new Laboratory().run(states)).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });

  it('Choice refuses a condition that is not a boolean', async () => {
    const states = { C: { Type: 'Choice', Choices: [{ Condition: '{% "yes" %}', Next: 'P' }] }, P: pass({}) };
    const ended = await new Laboratory().run(states);
    expect(ended).toMatchObject({ error: 'States.QueryEvaluationError' });
    expect(ended.cause).toContain("Expected 'boolean', but was 'string'");
  });
});

describe('Wait', () => {
  it.each([
    ['Seconds', { Seconds: 90 }, 90_000],
    ['Seconds from an expression', { Seconds: '{% $states.input.s %}' }, 5_000],
    ['no seconds', { Seconds: 0 }, 0],
    ['more than 24.8 days', { Seconds: 30 * 24 * 3600 }, 30 * 24 * 3600 * 1000],
    ['Timestamp', { Timestamp: '2026-01-01T00:01:00Z' }, 60_000],
    ['Timestamp from an expression', { Timestamp: '{% $states.input.at %}' }, 1_500],
    ['a Timestamp that has passed', { Timestamp: '2025-01-01T00:00:00Z' }, 0],
  ])('%s', async (_, fields, milliseconds) => {
    const input = { s: 5, at: '2026-01-01T00:00:01.500Z' };
    const ended = await new Laboratory().run({ W: { Type: 'Wait', ...fields, End: true } }, input);
    expect((ended.stopDate ?? 0) - ended.startDate).toBe(milliseconds);
  });

  it.each([['{% "soon" %}'], ['{% -1 %}'], ['{% 1.5 %}']])('refuses Seconds of %s', async (Seconds) => {
    const ended = await new Laboratory().run({ W: { Type: 'Wait', Seconds, End: true } });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('Map', () => {
  it('runs at most MaxConcurrency iterations at a time', async () => {
    let running = 0;
    let most = 0;
    const laboratory = new Laboratory();
    const slow = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => laboratory.clock.after(1000, resolve));
      running -= 1;
    };
    const functions = new Laboratory({ slow }, { clock: laboratory.clock });
    const states = {
      M: {
        Type: 'Map',
        MaxConcurrency: 3,
        ItemProcessor: { StartAt: 'T', States: { T: task('slow') } },
        End: true,
      },
    };
    functions.define(states);
    const arn = functions.start([1, 2, 3, 4, 5, 6, 7]);
    await laboratory.clock.runUntil(() => functions.states.describe(arn).status === 'SUCCEEDED');
    expect(most).toBe(3);
    expect(laboratory.clock.now() - functions.states.describe(arn).startDate).toBe(3000);
  });

  it('fails with the first iteration that fails and starts no more', async () => {
    const laboratory = new Laboratory({
      odd: (n) => {
        if (n === 2) throw new TypeError('two');
        return n;
      },
    });
    const states = {
      M: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: 'T', States: { T: task('odd') } },
        End: true,
      },
    };
    expect(await laboratory.run(states, [1, 2, 3])).toMatchObject({ status: 'FAILED', error: 'TypeError' });
    expect(laboratory.functions.payloadsOf('odd')).toEqual([1, 2]);
  });
});
