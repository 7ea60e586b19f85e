import { describe, expect, it } from 'vitest';
import { Laboratory, machineArn, roleArn } from './laboratory.ts';

async function evaluated(expression: string, input: unknown = {}): Promise<unknown> {
  const ended = await new Laboratory().run(
    { P: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } },
    input,
  );
  if (ended.status !== 'SUCCEEDED') throw new Error(`${ended.error}: ${ended.cause}`);
  return ended.result;
}

describe('functions that Step Functions adds', () => {
  it.each([
    ['$parse(\'{"a":[1]}\')', { a: [1] }],
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ["$hash('abc', 'SHA-256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ["$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'],
    ['$random()', 0.5],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ['$length($uuid())', 36],
    ['$now()', '2026-01-01T00:00:00.000Z'],
    ['$millis()', Date.parse('2026-01-01T00:00:00Z')],
    ['$now("[Y0001]-[M01]")', '2026-01'],
  ])('%s', async (expression, expected) => {
    expect(await evaluated(expression)).toEqual(expected);
  });

  it.each([
    ['$eval("1")', 'T1006'],
    ["$hash('abc', 'CRC')", 'CRC'],
    ["$parse('{')", 'JSON'],
    ['$missing', 'returned nothing (undefined)'],
    ['$states.input.none', 'returned nothing (undefined)'],
    ['1 + "a"', 'T2002'],
    ['function($x){$x}', 'unsupported result type'],
  ])('%s fails', async (expression, reason) => {
    const failure = evaluated(expression);
    await expect(failure).rejects.toThrow('States.QueryEvaluationError');
    await expect(failure).rejects.toThrow(reason);
  });
});

describe('JSONata as Step Functions has it', () => {
  it.each([
    ['a filter with one hit gives the object', '$states.input.list[n=1]', { n: 1 }],
    ['unless guarded', '$states.input.list[n=1][]', [{ n: 1 }]],
    ['a sequence becomes a plain array', '$states.input.list.n', [1, 2]],
    ['an undefined member is left out', '{"a": $nothing, "b": 1}', { b: 1 }],
  ])('%s', async (_, expression, expected) => {
    expect(await evaluated(expression, { list: [{ n: 1 }, { n: 2 }] })).toEqual(expected);
  });

  it('names the state, the field and the expression of a failure', async () => {
    const laboratory = new Laboratory();
    const ended = await laboratory.run({
      First: { Type: 'Pass', Output: { deep: { er: '{% $x.y %}' } }, End: true },
    });
    const cause =
      "An error occurred while executing the state 'First' (entered at the event id #2). " +
      "The JSONata expression '$x.y' specified for the field 'Output/deep/er' returned nothing (undefined).";
    expect(ended).toMatchObject({ error: 'States.QueryEvaluationError', cause });
    const failed = laboratory.states
      .history(ended.executionArn)
      .find(({ type }) => type === 'EvaluationFailed');
    expect(failed?.evaluationFailedEventDetails).toEqual({
      error: 'States.QueryEvaluationError',
      cause,
      location: 'Output/deep/er',
      state: 'First',
    });
  });
});

describe('variables', () => {
  const pass = (more: object) => ({ Type: 'Pass', ...more });

  it('are seen by later states, and Assign and Output see them as they were', async () => {
    const ended = await new Laboratory().run({
      A: pass({ Assign: { x: 1 }, Next: 'B' }),
      B: pass({ Assign: { x: '{% $x + 1 %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'C' }),
      C: pass({ Output: '{% [$states.input, $x, $y] %}', End: true }),
    });
    expect(ended.result).toEqual([1, 2, 1]);
  });

  it('of a choice are those of the rule that matched', async () => {
    const Choices = [{ Condition: '{% $states.input.n = 1 %}', Next: 'End', Assign: { x: 'rule' } }];
    const states = {
      C: { Type: 'Choice', Choices, Default: 'End', Assign: { x: 'default' } },
      End: pass({ Output: '{% $x %}', End: true }),
    };
    expect((await new Laboratory().run(states, { n: 1 })).result).toBe('rule');
    expect((await new Laboratory().run(states, { n: 2 })).result).toBe('default');
  });

  it("of outer scopes are read in branches; a branch's own end with it", async () => {
    const branch = (name: string) => ({
      StartAt: name,
      States: {
        [name]: pass({ Assign: { inner: `{% $outer & "${name}" %}` }, Next: `${name}2` }),
        [`${name}2`]: pass({ Output: '{% $inner %}', End: true }),
      },
    });
    const ended = await new Laboratory().run({
      A: pass({ Assign: { outer: 'o' }, Next: 'P' }),
      P: {
        Type: 'Parallel',
        Branches: [branch('x'), branch('y')],
        Assign: { got: '{% $states.result %}' },
        Next: 'Z',
      },
      Z: pass({ Output: '{% {"got": $got, "inner": $exists($inner)} %}', End: true }),
    });
    expect(ended.result).toEqual({ got: ['ox', 'oy'], inner: false });
  });

  it("may have the names of JSONata's functions", async () => {
    const states = {
      A: pass({ Assign: { count: 3 }, Next: 'B' }),
      B: pass({ Output: '{% $count %}', End: true }),
    };
    expect((await new Laboratory().run(states)).result).toBe(3);
  });

  it('stand in the history of the state that assigned them', async () => {
    const laboratory = new Laboratory();
    const { executionArn } = await laboratory.run({ A: pass({ Assign: { x: { n: 1 } }, End: true }) });
    const exited = laboratory.states.history(executionArn).find(({ type }) => type === 'PassStateExited');
    expect(exited?.stateExitedEventDetails?.assignedVariables).toEqual({ x: '{"n":1}' });
  });
});

describe('the context object', () => {
  it("has AWS's members", async () => {
    const laboratory = new Laboratory();
    const states = {
      W: { Type: 'Wait', Seconds: 1, Next: 'P' },
      P: { Type: 'Pass', Output: '{% $states.context %}', End: true },
    };
    laboratory.define(states);
    const { executionArn } = laboratory.states.startExecution({
      stateMachineArn: machineArn('m'),
      name: 'one',
      input: '{"a":1}',
    });
    expect((await laboratory.ended(executionArn)).result).toEqual({
      Execution: {
        Id: 'arn:aws:states:us-east-1:000000000000:execution:m:one',
        Input: { a: 1 },
        Name: 'one',
        RedriveCount: 0,
        RoleArn: roleArn,
        StartTime: '2026-01-01T00:00:00.000Z',
      },
      State: { EnteredTime: '2026-01-01T00:00:01.000Z', Name: 'P', RetryCount: 0 },
      StateMachine: { Id: machineArn('m'), Name: 'm' },
    });
  });
});
