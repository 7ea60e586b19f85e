import { describe, expect, it } from 'vitest';
import { TaskTokens } from '../../../local/states/tokens.ts';
import { Laboratory, task } from './laboratory.ts';
import { FunctionError } from './scripted-functions.ts';

const waiting = (more: object = {}) =>
  task('ask', {
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
    Output: '{% $states.result %}',
    ...more,
  });

/** An execution that waits for its callback. */
async function asked(more: object = {}) {
  const tokens: string[] = [];
  const laboratory = new Laboratory({ ask: ({ token }) => void tokens.push(token) });
  laboratory.define({ T: waiting(more) });
  const arn = laboratory.start();
  await laboratory.clock.settle();
  return { laboratory, arn, tokens, taskToken: tokens[0] ?? '', states: laboratory.states };
}

describe('a task that waits for a token', () => {
  it('goes on with SendTaskSuccess', async () => {
    const { laboratory, arn, states, taskToken } = await asked();
    expect(states.describe(arn).status).toBe('RUNNING');
    states.sendTaskSuccess({ taskToken, output: '{"yes":true}' });
    expect((await laboratory.ended(arn)).result).toEqual({ yes: true });
    expect(laboratory.types(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails with SendTaskFailure', async () => {
    const { laboratory, arn, states, taskToken } = await asked();
    states.sendTaskFailure({ taskToken, error: 'Rejected', cause: 'by me' });
    expect(await laboratory.ended(arn)).toMatchObject({
      status: 'FAILED',
      error: 'Rejected',
      cause: 'by me',
    });
  });

  it('takes a callback that comes before the function has answered', async () => {
    const laboratory: Laboratory = new Laboratory({
      ask: ({ token }) => laboratory.states.sendTaskSuccess({ taskToken: token, output: '"early"' }),
    });
    expect((await laboratory.run({ T: waiting() })).result).toBe('early');
  });

  it('fails when the function fails, and closes the token', async () => {
    let taskToken = '';
    const laboratory = new Laboratory({
      ask: ({ token }) => {
        taskToken = token;
        throw new FunctionError('NoMail');
      },
    });
    expect(await laboratory.run({ T: waiting() })).toMatchObject({ error: 'NoMail' });
    expect(() => laboratory.states.sendTaskSuccess({ taskToken, output: '1' })).toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
  });

  it('gets another token at each retry', async () => {
    const { laboratory, states, tokens, taskToken, arn } = await asked({
      Retry: [{ ErrorEquals: ['Again'] }],
    });
    states.sendTaskFailure({ taskToken, error: 'Again' });
    await laboratory.clock.advance(1000);
    expect(new Set(tokens).size).toBe(2);
    states.sendTaskSuccess({ taskToken: tokens[1] ?? '', output: '2' });
    expect((await laboratory.ended(arn)).result).toBe(2);
  });
});

describe('the error contract of SendTask*', () => {
  const all = ['sendTaskSuccess', 'sendTaskFailure', 'sendTaskHeartbeat'] as const;

  it.each(all)('%s tells a closed token from an unknown and a malformed one', async (operation) => {
    const { states, taskToken } = await asked();
    states.sendTaskSuccess({ taskToken, output: '{}' });
    const send = (token: string) => () => states[operation]({ taskToken: token, output: '{}' });
    expect(send(taskToken)).toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
    expect(send(new TaskTokens().issue().token)).toThrow(
      expect.objectContaining({ name: 'TaskDoesNotExist' }),
    );
    expect(send('nonsense')).toThrow(expect.objectContaining({ name: 'InvalidToken' }));
    expect(send('')).toThrow(expect.objectContaining({ name: 'InvalidToken' }));
    expect(send(`A${taskToken.slice(1)}B`)).toThrow(expect.objectContaining({ name: 'InvalidToken' }));
  });

  it('refuses an output that is not JSON and leaves the task waiting', async () => {
    const { laboratory, states, taskToken, arn } = await asked();
    expect(() => states.sendTaskSuccess({ taskToken, output: '{' })).toThrow(
      expect.objectContaining({ name: 'InvalidOutput' }),
    );
    states.sendTaskSuccess({ taskToken, output: '1' });
    expect((await laboratory.ended(arn)).status).toBe('SUCCEEDED');
  });

  it.each([
    ['error', { error: 'e'.repeat(257) }, { error: 'e'.repeat(256) }],
    ['cause', { cause: 'c'.repeat(32_769) }, { cause: 'c'.repeat(32_768) }],
  ])('bounds the %s of a failure', async (_, over, within) => {
    const { states, taskToken } = await asked();
    expect(() => states.sendTaskFailure({ taskToken, ...over })).toThrow(
      expect.objectContaining({ name: 'ValidationException' }),
    );
    states.sendTaskFailure({ taskToken, ...within });
  });

  it('answers TaskTimedOut for the tokens of an execution that was stopped', async () => {
    const { states, taskToken, arn, laboratory } = await asked();
    states.stopExecution({ executionArn: arn });
    expect(() => states.sendTaskSuccess({ taskToken, output: '1' })).toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
    await laboratory.clock.settle();
    expect(states.describe(arn).status).toBe('ABORTED');
    expect(laboratory.types(arn).slice(-2)).toEqual(['TaskStateAborted', 'ExecutionAborted']);
    expect(laboratory.clock.pending).toBe(0);
  });

  it('has long tokens that fit the API', () => {
    const { token } = new TaskTokens().issue();
    expect(token.length).toBeGreaterThan(500);
    expect(token.length).toBeLessThanOrEqual(2048);
  });
});

describe('deadlines', () => {
  it('TimeoutSeconds fails with States.Timeout, and a callback then is too late', async () => {
    const { laboratory, states, arn, taskToken } = await asked({ TimeoutSeconds: 60 });
    await laboratory.clock.advance(59_999);
    expect(states.describe(arn).status).toBe('RUNNING');
    await laboratory.clock.advance(1);
    expect(states.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(laboratory.types(arn)).toContain('TaskTimedOut');
    expect(() => states.sendTaskSuccess({ taskToken, output: '1' })).toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
  });

  it('can be an expression', async () => {
    const { laboratory, states, arn } = await asked({ TimeoutSeconds: '{% 10 + 20 %}' });
    await laboratory.clock.advance(30_000);
    expect(states.describe(arn).error).toBe('States.Timeout');
    expect(
      states.history(arn).find(({ type }) => type === 'TaskScheduled')?.taskScheduledEventDetails
        ?.timeoutInSeconds,
    ).toBe(30);
  });

  it('is caught, and beaten by a callback in the same instant', async () => {
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }];
    const caught = await new Laboratory({ ask: () => null }).run({
      T: waiting({ TimeoutSeconds: 5, Catch }),
      Late: { Type: 'Pass', Output: 'late', End: true },
    });
    expect(caught.result).toBe('late');
    const { laboratory, states, arn, taskToken } = await asked({ TimeoutSeconds: 5 });
    laboratory.clock.after(4_999, () => states.sendTaskSuccess({ taskToken, output: '"in time"' }));
    await laboratory.clock.advance(5_000);
    expect(states.describe(arn).output).toBe('"in time"');
  });

  it('HeartbeatSeconds starts anew with each heartbeat', async () => {
    const { laboratory, states, arn, taskToken } = await asked({
      HeartbeatSeconds: 10,
      TimeoutSeconds: 1000,
    });
    for (const _ of [1, 2, 3]) {
      await laboratory.clock.advance(9_000);
      states.sendTaskHeartbeat({ taskToken });
    }
    await laboratory.clock.advance(9_999);
    expect(states.describe(arn).status).toBe('RUNNING');
    await laboratory.clock.advance(1);
    expect(states.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
    expect(() => states.sendTaskHeartbeat({ taskToken })).toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
  });

  it('of a function that never answers', async () => {
    const ended = await new Laboratory({ hang: () => new Promise(() => {}) }).run({
      T: task('hang', { TimeoutSeconds: 3 }),
    });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect((ended.stopDate ?? 0) - ended.startDate).toBe(3000);
  });

  it('of the machine ends it TIMED_OUT', async () => {
    const laboratory = new Laboratory();
    laboratory.define({ W: { Type: 'Wait', Seconds: 100, End: true } }, 'm', { TimeoutSeconds: 20 });
    const ended = await laboratory.ended(laboratory.start());
    expect(ended).toMatchObject({ status: 'TIMED_OUT', stopDate: ended.startDate + 20_000 });
    expect(laboratory.types(ended.executionArn).at(-1)).toBe('ExecutionTimedOut');
  });

  it('of a year ends what nobody answers', async () => {
    const { laboratory, arn } = await asked();
    expect(await laboratory.ended(arn)).toMatchObject({ status: 'TIMED_OUT' });
    expect(laboratory.clock.now()).toBe(Date.parse('2027-01-01T00:00:00Z'));
  });
});
