import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as errors from '#domain/errors.ts';
import { environmentSchema } from '#domain/pipeline.ts';
import { lint } from './asl-lint.ts';
import { definition, type State, type StateMachine, statesOf } from './shipped.ts';

const machines = ['release', 'promotion'] as const;

/** A machine of one state, for planting a fault. */
const planted = (state: object): StateMachine => ({
  StartAt: 'Planted',
  States: { Planted: state as State },
});
const retry = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  JitterStrategy: 'FULL',
  MaxDelaySeconds: 30,
};
const sound = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  TimeoutSeconds: 60,
  Retry: [retry],
  End: true,
};

describe('the state machines as shipped', () => {
  it('let a promotion ask for as long as a policy allows, in each round, and queue as long as it may', () => {
    const timeout = (name: (typeof machines)[number], state: string) =>
      Number(new Map(statesOf(definition(name))).get(state)?.TimeoutSeconds);
    const longestExpirySeconds = 2_592_000;
    const policy = environmentSchema.shape.approval.safeParse({
      approvers: ['ann@example.com'],
      expirySeconds: longestExpirySeconds + 1,
    });
    expect(policy.success).toBe(false);
    const round = longestExpirySeconds + 300 + timeout('promotion', 'AcquireTarget');
    expect(timeout('release', 'Promote')).toBeGreaterThan(3 * round);
  });

  it.each(machines)('%s is valid to asl-validator', (name) => {
    expect(validate(definition(name))).toMatchObject({ isValid: true });
  });

  it.each(machines)('%s holds the rules that asl-validator passes over', (name) => {
    expect(lint(definition(name))).toEqual([]);
  });

  it.each(machines)('%s has state names that are unique and short', (name) => {
    const names = statesOf(definition(name)).map(([state]) => state);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((state) => state.length > 80)).toEqual([]);
  });

  it.each([
    ['no JSONPath keys', { ...sound, Arguments: { 'Payload.$': '$' } }],
    ['every Task has a timeout', { ...sound, TimeoutSeconds: undefined }],
    ['heartbeat below timeout', { ...sound, HeartbeatSeconds: 60 }],
    [
      'States.ALL stands alone and last',
      { ...sound, Catch: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] },
    ],
    ['States.ALL stands alone and last', { ...sound, Catch: [{ ErrorEquals: ['A', 'States.ALL'] }] }],
    [
      "Lambda's own errors are retried with full jitter",
      { ...sound, Retry: [{ ...retry, JitterStrategy: 'NONE' }] },
    ],
    ["Lambda's own errors are retried with full jitter", { ...sound, Retry: [] }],
    ['a task token only in Arguments', { ...sound, Output: '{% $states.context.Task.Token %}' }],
    [
      'a waiting task is given its token',
      { ...sound, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' },
    ],
    ['variables are assigned somewhere before', { ...sound, Output: '{% $nobody %}' }],
  ])('the lint catches a planted breach of "%s"', (rule, state) => {
    expect(lint(planted(sound))).toEqual([]);
    expect(lint(planted(state)).join('\n')).toContain(`Planted: ${rule}`);
  });

  it('the lint catches a branch that assigns an outer variable', () => {
    const inner = planted({ ...sound, Assign: { round: 1 } });
    const outer = planted({ Type: 'Parallel', Branches: [inner], Assign: { round: 1 }, End: true });
    expect(lint(outer).join('\n')).toContain('outer variables are not assigned: $round');
  });
});

describe('error classes and the lists of the states', () => {
  type ErrorConstructor = new (message: string) => errors.TidegateError;
  const { TidegateError: _base, ...concrete } = errors;
  const own = Object.values(concrete).map(
    (ErrorClass) => new (ErrorClass as ErrorConstructor)('subject: what'),
  );
  const transient = own.filter(({ errorClass }) => errorClass === 'transient').map(({ name }) => name);
  const tasks = machines.flatMap((name) =>
    statesOf(definition(name)).filter(([, { Type }]) => Type === 'Task'),
  );
  const listed = (state: State, field: 'Retry' | 'Catch') =>
    ((state[field] ?? []) as { ErrorEquals: string[] }[]).flatMap(({ ErrorEquals }) => ErrorEquals);

  it('names each class literally, so that minifying changes nothing', () => {
    for (const error of own) {
      expect(readFileSync('functions/domain/errors.ts', 'utf8')).toContain(`readonly name = '${error.name}'`);
    }
    expect(own.length).toBeGreaterThan(10);
  });

  it('retries no error of ours but the transient ones', () => {
    for (const [name, state] of tasks) {
      const retried = listed(state, 'Retry').filter((error) => own.some((known) => known.name === error));
      expect(transient, name).toEqual(expect.arrayContaining(retried));
    }
  });

  it('names no error of ours that does not exist', () => {
    const names = new Set(own.map(({ name }) => name));
    const foreign = /^(States|Lambda|Runtime|Sandbox|StepFunctions)\./;
    for (const [name, state] of machines.flatMap((machine) => statesOf(definition(machine)))) {
      for (const error of [...listed(state, 'Retry'), ...listed(state, 'Catch')].filter(
        (text) => !foreign.test(text),
      )) {
        expect(names.has(error), `${name}: ${error}`).toBe(true);
      }
    }
  });

  it('retries ClusterUnavailableError exactly where a cluster is spoken to', () => {
    const speakers = tasks
      .filter(([, state]) => listed(state, 'Retry').includes('ClusterUnavailableError'))
      .map(([name]) => name);
    expect(speakers.sort()).toEqual([
      'Advance',
      'ConfirmPlan',
      'Observe',
      'PlanPromotion',
      'PlanRollback',
      'VerifyRollout',
    ]);
  });

  it('catches a stale plan where it is thrown and plans again', () => {
    const prepare = definition('promotion').States.Prepare;
    expect(prepare?.Catch).toMatchObject([
      { ErrorEquals: ['PlanStaleError'], Next: 'AskAgain?' },
      { ErrorEquals: ['States.ALL'], Next: 'RecordPromotion' },
    ]);
  });
});
