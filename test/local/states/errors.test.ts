import { describe, expect, it } from 'vitest';
import { matches } from '../../../local/states/run/matching.ts';
import { delayMilliseconds } from '../../../local/states/run/retry.ts';
import { Laboratory, task } from './laboratory.ts';
import { FunctionError, InvokeError } from './scripted-functions.ts';

describe('ErrorEquals', () => {
  it.each([
    ['Custom', ['Custom'], true],
    ['Custom', ['custom'], false],
    ['Custom', ['States.ALL'], true],
    ['Custom', ['States.TaskFailed'], true],
    ['States.Timeout', ['States.TaskFailed'], false],
    ['States.Timeout', ['States.ALL'], true],
    ['States.HeartbeatTimeout', ['States.HeartbeatTimeout'], true],
    ['States.HeartbeatTimeout', ['States.Timeout'], true],
    ['States.Timeout', ['States.HeartbeatTimeout'], false],
    ['States.DataLimitExceeded', ['States.ALL'], false],
    ['States.DataLimitExceeded', ['States.TaskFailed'], false],
    ['States.DataLimitExceeded', ['States.DataLimitExceeded'], true],
    ['States.Runtime', ['States.ALL'], false],
    ['States.Runtime', ['States.Runtime'], false],
    ['States.QueryEvaluationError', ['States.ALL'], true],
    [undefined, ['States.ALL'], true],
  ])('%s is matched by %s: %s', (error, pattern, expected) => {
    expect(matches(pattern as string[], error)).toBe(expected);
  });
});

describe('the delay before a retry', () => {
  it.each([
    ['by default doubles from one second', {}, [1000, 2000, 4000]],
    ['grows by BackoffRate', { IntervalSeconds: 3, BackoffRate: 1.5 }, [3000, 4500, 6750]],
    ['stops at MaxDelaySeconds', { IntervalSeconds: 2, MaxDelaySeconds: 5 }, [2000, 4000, 5000]],
    [
      'is a part of that with full jitter',
      { IntervalSeconds: 2, JitterStrategy: 'FULL' as const },
      [500, 1000, 2000],
    ],
  ])('%s', (_, retrier, expected) => {
    const delays = [1, 2, 3].map((attempt) =>
      delayMilliseconds({ ErrorEquals: ['X'], ...retrier }, attempt, () => 0.25),
    );
    expect(delays).toEqual(expected);
  });
});

const failing =
  (times: number, error = 'Flaky') =>
  (_: unknown, call: number) => {
    if (call <= times) throw new FunctionError(error);
    return { call };
  };

describe('Retry', () => {
  it('tries again after its delays and succeeds', async () => {
    const laboratory = new Laboratory({ f: failing(2) });
    const ended = await laboratory.run({ T: task('f', { Retry: [{ ErrorEquals: ['Flaky'] }] }) });
    expect(ended.result).toEqual({ call: 3 });
    expect((ended.stopDate ?? 0) - ended.startDate).toBe(3000);
  });

  it('gives up after MaxAttempts with the last error', async () => {
    const laboratory = new Laboratory({ f: failing(9) });
    const ended = await laboratory.run({
      T: task('f', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }] }),
    });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Flaky' });
    expect(laboratory.functions.invocations).toHaveLength(3);
  });

  it('counts each retrier apart, and the first that matches decides', async () => {
    const errors = ['A', 'B', 'A', 'B'];
    const f = (_: unknown, call: number) => {
      const error = errors[call - 1];
      if (error) throw new FunctionError(error);
      return call;
    };
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 2 },
      { ErrorEquals: ['B'], MaxAttempts: 2 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 9 },
    ];
    expect((await new Laboratory({ f }).run({ T: task('f', { Retry }) })).result).toBe(5);
    const none = [{ ErrorEquals: ['A'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    expect(await new Laboratory({ f }).run({ T: task('f', { Retry: none }) })).toMatchObject({ error: 'A' });
  });

  it('evaluates Arguments anew with RetryCount', async () => {
    const laboratory = new Laboratory({ f: failing(2) });
    const Arguments = { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' };
    await laboratory.run({ T: task('f', { Arguments, Retry: [{ ErrorEquals: ['States.ALL'] }] }) });
    expect(laboratory.functions.payloadsOf('f')).toEqual([0, 1, 2]);
  });

  it('runs a whole Parallel again', async () => {
    const laboratory = new Laboratory({ f: failing(1) });
    const branch = { StartAt: 'T', States: { T: task('f') } };
    const ended = await laboratory.run({
      P: { Type: 'Parallel', Branches: [branch], Retry: [{ ErrorEquals: ['Flaky'] }], End: true },
    });
    expect(ended.result).toEqual([{ call: 2 }]);
    expect(laboratory.types(ended.executionArn).filter((type) => type.startsWith('Parallel'))).toEqual([
      'ParallelStateEntered',
      'ParallelStateStarted',
      'ParallelStateFailed',
      'ParallelStateStarted',
      'ParallelStateSucceeded',
      'ParallelStateExited',
    ]);
  });
});

describe('Catch', () => {
  const done = { Type: 'Pass', End: true };

  it('goes on with the error output', async () => {
    const laboratory = new Laboratory({ f: failing(9) });
    const Catch = [
      { ErrorEquals: ['Other'], Next: 'Never' },
      { ErrorEquals: ['States.ALL'], Next: 'Done' },
    ];
    const ended = await laboratory.run({ T: task('f', { Catch }), Done: done, Never: done });
    const Cause = JSON.stringify({ errorType: 'Flaky', errorMessage: 'scripted failure', trace: [] });
    expect(ended.result).toEqual({ Error: 'Flaky', Cause });
    expect(laboratory.states.path(ended.executionArn)).toEqual(['T', 'Done']);
  });

  it('evaluates its Output with the input and the error', async () => {
    const Output = {
      was: '{% $states.input.a %}',
      error: '{% $states.errorOutput.Error %}',
      why: '{% $parse($states.errorOutput.Cause).errorMessage %}',
    };
    const laboratory = new Laboratory({ f: failing(9) });
    const ended = await laboratory.run(
      { T: task('f', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done', Output }] }), Done: done },
      { a: 1 },
    );
    expect(ended.result).toEqual({ was: 1, error: 'Flaky', why: 'scripted failure' });
  });

  it("runs only the catcher's Assign", async () => {
    const Catch = [
      { ErrorEquals: ['States.ALL'], Next: 'Done', Assign: { caught: '{% $states.errorOutput.Error %}' } },
    ];
    const laboratory = new Laboratory({ f: failing(9) });
    const ended = await laboratory.run({
      T: task('f', { Assign: { own: 1 }, Catch }),
      Done: { ...done, Output: '{% {"caught": $caught, "own": $exists($own)} %}' },
    });
    expect(ended.result).toEqual({ caught: 'Flaky', own: false });
  });

  it("catches what goes wrong in the state's own Output", async () => {
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Done' }];
    const laboratory = new Laboratory({ f: () => 1 });
    const ended = await laboratory.run({ T: task('f', { Output: '{% $nothing %}', Catch }), Done: done });
    expect(ended.result).toMatchObject({ Error: 'States.QueryEvaluationError' });
    expect(laboratory.types(ended.executionArn)).toContain('EvaluationFailed');
  });

  it('of a Parallel aborts the other branches', async () => {
    const laboratory = new Laboratory({ f: failing(9) });
    const Branches = [
      { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 600, Next: 'After' }, After: done } },
      { StartAt: 'T', States: { T: task('f') } },
    ];
    const Catch = [{ ErrorEquals: ['Flaky'], Next: 'Done' }];
    const ended = await laboratory.run({ P: { Type: 'Parallel', Branches, Catch, End: true }, Done: done });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', stopDate: ended.startDate });
    expect(laboratory.states.path(ended.executionArn)).toEqual(['P', 'Long', 'T', 'Done']);
    expect(laboratory.types(ended.executionArn)).toEqual(
      expect.arrayContaining(['WaitStateAborted', 'ParallelStateFailed']),
    );
    expect(laboratory.types(ended.executionArn)).not.toContain('TaskStateAborted');
    expect(laboratory.clock.pending).toBe(0);
  });
});

describe('how Lambda fails', () => {
  it.each([
    [
      'a function error by its type',
      () => {
        throw new FunctionError('BundleInvalidError', 'no');
      },
      'BundleInvalidError',
      '"errorMessage":"no"',
    ],
    [
      'a timeout',
      () => {
        throw new FunctionError('Sandbox.Timedout', 'Task timed out after 3.00 seconds');
      },
      'Sandbox.Timedout',
      'timed out',
    ],
    [
      'a lost runtime',
      () => {
        throw new FunctionError('Runtime.ExitError', 'exit status 1');
      },
      'Runtime.ExitError',
      'exit status 1',
    ],
    [
      'an error without a type',
      () => {
        throw new FunctionError('', 'odd');
      },
      'Lambda.Unknown',
      'did not return an error type',
    ],
    [
      'throttling',
      () => {
        throw new InvokeError('TooManyRequestsException', 'Rate Exceeded.');
      },
      'Lambda.TooManyRequestsException',
      'Status Code: 429',
    ],
    [
      "Lambda's own failure",
      () => {
        throw new InvokeError('ServiceException', 'sorry');
      },
      'Lambda.ServiceException',
      'Status Code: 500',
    ],
    [
      'no connection',
      () => {
        throw new InvokeError('Error', 'ECONNREFUSED');
      },
      'Lambda.SdkClientException',
      'ECONNREFUSED',
    ],
  ])('%s', async (_, f, error, cause) => {
    const ended = await new Laboratory({ f }).run({ T: task('f') });
    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause).toContain(cause);
  });

  it('a missing function', async () => {
    expect(await new Laboratory().run({ T: task('none') })).toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
    });
  });
});

describe('payload limits', () => {
  const big = 'x'.repeat(256 * 1024);
  const done = { Type: 'Pass', End: true };

  it.each([
    ['a result', { T: task('f') }],
    [
      'an argument',
      { T: task('f', { Arguments: { FunctionName: 'f', Payload: "{% $join([1..60000].('12345')) %}" } }) },
    ],
    ['an output', { P: { Type: 'Pass', Output: "{% $join([1..60000].('12345')) %}", End: true } }],
    ['a variable', { P: { Type: 'Pass', Assign: { v: "{% $join([1..60000].('12345')) %}" }, End: true } }],
  ])('%s over 256 KiB fails with States.DataLimitExceeded', async (_, states) => {
    const ended = await new Laboratory({ f: () => big }).run(states);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('is not caught by States.ALL, but by its name', async () => {
    const catching = (name: string) => ({
      T: task('f', { Catch: [{ ErrorEquals: [name], Next: 'Done' }] }),
      Done: done,
    });
    expect((await new Laboratory({ f: () => big }).run(catching('States.ALL'))).status).toBe('FAILED');
    expect((await new Laboratory({ f: () => big }).run(catching('States.DataLimitExceeded'))).status).toBe(
      'SUCCEEDED',
    );
  });

  it('of the history ends an endless loop', async () => {
    const ended = await new Laboratory().run({
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Pass', Next: 'A' },
    });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ended.cause).toContain('25000');
  });
});
