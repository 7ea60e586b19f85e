import { describe, expect, it } from 'vitest';
import { Laboratory, machineArn, roleArn, task } from './laboratory.ts';

const wait = { W: { Type: 'Wait', Seconds: 60, End: true } };
const pass = { P: { Type: 'Pass', End: true } };
const stateMachineArn = machineArn('m');
const named = (name: string) => expect.objectContaining({ name });

function defined(states: Record<string, object>, options = {}) {
  const laboratory = new Laboratory({}, options);
  laboratory.define(states);
  return laboratory;
}

describe('StartExecution', () => {
  it('answers the same for the same name and input while that runs', async () => {
    const { states, clock, bus } = defined(wait);
    const first = states.startExecution({ stateMachineArn, name: 'a', input: '{"n":1}' });
    await clock.advance(1000);
    expect(states.startExecution({ stateMachineArn, name: 'a', input: '{"n":1}' })).toEqual(first);
    expect(bus.events).toHaveLength(1);
    expect(() => states.startExecution({ stateMachineArn, name: 'a', input: '{"n":2}' })).toThrow(
      named('ExecutionAlreadyExists'),
    );
    await clock.advance(60_000);
    expect(() => states.startExecution({ stateMachineArn, name: 'a', input: '{"n":1}' })).toThrow(
      named('ExecutionAlreadyExists'),
    );
  });

  it.each([
    ['InvalidName', { name: 'a b' }],
    ['InvalidName', { name: 'a/b' }],
    ['InvalidName', { name: 'x'.repeat(81) }],
    ['InvalidName', { name: '' }],
    ['InvalidExecutionInput', { input: '{' }],
    ['ValidationException', { input: JSON.stringify('x'.repeat(256 * 1024)) }],
    ['InvalidArn', { stateMachineArn: 'm' }],
    ['StateMachineDoesNotExist', { stateMachineArn: machineArn('none') }],
    ['StateMachineDoesNotExist', { stateMachineArn: `${stateMachineArn}:7` }],
    ['StateMachineDoesNotExist', { stateMachineArn: `${stateMachineArn}:nobody` }],
  ])('refuses with %s: %o', (error, change) => {
    const laboratory = defined(pass);
    expect(() => laboratory.states.startExecution({ stateMachineArn, ...change })).toThrow(named(error));
    expect(laboratory.bus.events).toEqual([]);
  });

  it('accepts names with dots and dashes, and draws one when none is given', () => {
    const { states } = defined(pass);
    expect(states.startExecution({ stateMachineArn, name: 'app-1.2_x' }).executionArn).toMatch(
      /:execution:m:app-1\.2_x$/,
    );
    expect(states.startExecution({ stateMachineArn }).executionArn).toMatch(/:execution:m:[0-9a-f-]{36}$/);
  });
});

describe('the status events', () => {
  it("have AWS's detail", async () => {
    const { states, clock, bus } = defined(pass);
    const { executionArn, startDate } = states.startExecution({
      stateMachineArn,
      name: 'a',
      input: '{"n":1}',
    });
    await clock.settle();
    const [started, ended] = bus.events;
    expect(started).toMatchObject({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      resources: [executionArn],
    });
    expect(started?.detail).toEqual({
      executionArn,
      stateMachineArn,
      name: 'a',
      status: 'RUNNING',
      startDate,
      stopDate: null,
      input: '{"n":1}',
      output: null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount: 0,
      redriveDate: null,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
      inputDetails: { included: true },
      outputDetails: null,
      error: null,
      cause: null,
    });
    expect(ended?.detail).toMatchObject({
      status: 'SUCCEEDED',
      stopDate: startDate,
      output: '{"n":1}',
      outputDetails: { included: true },
    });
  });

  it.each([
    ['FAILED', { F: { Type: 'Fail', Error: 'E', Cause: 'C' } }, { error: 'E', cause: 'C', output: null }],
    ['TIMED_OUT', { W: { Type: 'Wait', Seconds: 99_999_999, End: true } }, { error: null, output: null }],
  ])('tell %s', async (status, states, detail) => {
    const laboratory = defined(states);
    await laboratory.ended(laboratory.start());
    expect(laboratory.bus.details.at(-1)).toMatchObject({ status, ...detail });
  });

  it('leave out data beyond 248 KiB', async () => {
    const laboratory = defined({ P: { Type: 'Pass', Output: 'small', End: true } });
    await laboratory.ended(laboratory.start('x'.repeat(250 * 1024)));
    expect(laboratory.bus.details.at(-1)).toMatchObject({
      input: null,
      inputDetails: { included: false },
      output: '"small"',
    });
  });
});

describe('StopExecution', () => {
  it('aborts, once', async () => {
    const laboratory = defined(wait);
    const executionArn = laboratory.start();
    await laboratory.clock.advance(1000);
    const { stopDate } = laboratory.states.stopExecution({ executionArn, error: 'E', cause: 'C' });
    expect(laboratory.states.describe(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'C',
      stopDate,
    });
    await laboratory.clock.advance(1000);
    expect(laboratory.states.stopExecution({ executionArn, error: 'Other' })).toEqual({ stopDate });
    expect(laboratory.states.describe(executionArn).error).toBe('E');
    expect(laboratory.types(executionArn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateAborted',
      'ExecutionAborted',
    ]);
  });

  it('reaches every branch and iteration', async () => {
    const inner = { Type: 'Map', Items: [1, 2], ItemProcessor: { StartAt: 'W', States: wait }, End: true };
    const Branches = [
      { StartAt: 'M', States: { M: inner } },
      { StartAt: 'V', States: { V: { Type: 'Wait', Seconds: 9, End: true } } },
    ];
    const laboratory = defined({ P: { Type: 'Parallel', Branches, End: true } });
    const executionArn = laboratory.start();
    await laboratory.clock.advance(1000);
    laboratory.states.stopExecution({ executionArn });
    await laboratory.clock.settle();
    expect(laboratory.clock.pending).toBe(0);
    expect(laboratory.types(executionArn).filter((type) => type.endsWith('Aborted'))).toEqual([
      'WaitStateAborted',
      'MapIterationAborted',
      'WaitStateAborted',
      'MapIterationAborted',
      'MapStateAborted',
      'WaitStateAborted',
      'ParallelStateAborted',
      'ExecutionAborted',
    ]);
  });

  it('knows what does not exist', () => {
    const { states } = defined(pass);
    expect(() => states.stopExecution({ executionArn: 'x' })).toThrow(named('InvalidArn'));
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:m:none';
    expect(() => states.stopExecution({ executionArn })).toThrow(named('ExecutionDoesNotExist'));
  });
});

describe('the history', () => {
  it('chains its events and pages both ways', async () => {
    const laboratory = new Laboratory({ f: () => 'x' });
    const { executionArn } = await laboratory.run({ A: { Type: 'Pass', Next: 'T' }, T: task('f') });
    const events = laboratory.states.history(executionArn);
    expect(events.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
      [1, 0],
      [2, 0],
      [3, 2],
      [4, 3],
      [5, 4],
      [6, 5],
      [7, 6],
      [8, 7],
      [9, 8],
    ]);
    const ids: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = laboratory.states.getExecutionHistory({
        executionArn,
        reverseOrder: true,
        maxResults: 4,
        ...(nextToken ? { nextToken } : {}),
      });
      ids.push(...page.events.map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(ids).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(() => laboratory.states.getExecutionHistory({ executionArn, nextToken: 'zzz' })).toThrow(
      named('InvalidToken'),
    );
  });

  it('comes without data when asked so', async () => {
    const laboratory = new Laboratory({ f: () => 'secret' });
    const { executionArn } = await laboratory.run({ T: task('f') }, { secret: 1 });
    const { events } = laboratory.states.getExecutionHistory({ executionArn, includeExecutionData: false });
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events).toHaveLength(7);
  });
});

describe('lists and bounds', () => {
  it('lists newest first, by status, in pages that stay whole when more start', () => {
    const { states } = defined(wait);
    const start = (name: string) => states.startExecution({ stateMachineArn, name }).executionArn;
    for (const name of ['a', 'b', 'c']) start(name);
    states.stopExecution({ executionArn: start('d') });
    const first = states.listExecutions({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 2 });
    expect(first.executions.map(({ name }) => name)).toEqual(['c', 'b']);
    start('e');
    const second = states.listExecutions({
      stateMachineArn,
      statusFilter: 'RUNNING',
      nextToken: first.nextToken ?? '',
    });
    expect(second.executions.map(({ name }) => name)).toEqual(['a']);
    expect(states.listExecutions({ stateMachineArn, statusFilter: 'ABORTED' }).executions).toHaveLength(1);
  });

  it('forgets the oldest of the ended executions', async () => {
    const laboratory = defined(pass, { closedLimit: 2 });
    const arns: string[] = [];
    for (const n of [1, 2, 3]) arns.push((await laboratory.ended(laboratory.start(n))).executionArn);
    expect(() => laboratory.states.describe(arns[0] ?? '')).toThrow(named('ExecutionDoesNotExist'));
    expect(laboratory.states.describe(arns[1] ?? '').status).toBe('SUCCEEDED');
  });
});

describe('machines', () => {
  const definition = (Output: string) => ({
    QueryLanguage: 'JSONata',
    StartAt: 'P',
    States: { P: { Type: 'Pass', Output, End: true } },
  });

  it('are created once: the same again answers the same, another is refused', () => {
    const { states } = new Laboratory();
    const first = states.createStateMachine({ name: 'm', definition: definition('1'), roleArn });
    expect(states.createStateMachine({ name: 'm', definition: definition('1'), roleArn })).toEqual(first);
    expect(() => states.createStateMachine({ name: 'm', definition: definition('2'), roleArn })).toThrow(
      named('StateMachineAlreadyExists'),
    );
    expect(() => states.createStateMachine({ name: 'm m', definition: definition('1'), roleArn })).toThrow(
      named('InvalidName'),
    );
  });

  it('run the version or alias that the ARN names, and the newest revision otherwise', async () => {
    const laboratory = new Laboratory();
    const { states } = laboratory;
    const created = states.createStateMachine({
      name: 'm',
      definition: definition('1'),
      roleArn,
      alias: 'live',
    });
    expect(created).toMatchObject({
      stateMachineVersionArn: `${stateMachineArn}:1`,
      stateMachineAliasArn: `${stateMachineArn}:live`,
    });
    states.updateStateMachine({ stateMachineArn, definition: definition('2') });
    const run = async (arn: string) =>
      laboratory.ended(states.startExecution({ stateMachineArn: arn }).executionArn);
    expect((await run(stateMachineArn)).result).toBe('2');
    expect(await run(`${stateMachineArn}:1`)).toMatchObject({
      result: '1',
      stateMachineVersionArn: `${stateMachineArn}:1`,
    });
    expect(await run(`${stateMachineArn}:live`)).toMatchObject({
      result: '1',
      stateMachineArn,
      stateMachineAliasArn: `${stateMachineArn}:live`,
    });
    const { stateMachineVersionArn } = states.updateStateMachine({ stateMachineArn, publish: true });
    expect(stateMachineVersionArn).toBe(`${stateMachineArn}:2`);
    expect(states.publishStateMachineVersion({ stateMachineArn }).stateMachineVersionArn).toBe(
      `${stateMachineArn}:2`,
    );
    const routingConfiguration = [{ stateMachineVersionArn: `${stateMachineArn}:2`, weight: 100 }];
    states.updateStateMachineAlias({ stateMachineAliasArn: `${stateMachineArn}:live`, routingConfiguration });
    expect((await run(`${stateMachineArn}:live`)).result).toBe('2');
    expect(states.listExecutions({ stateMachineArn: `${stateMachineArn}:live` }).executions).toHaveLength(2);
    expect(states.listExecutions({ stateMachineArn }).executions).toHaveLength(4);
  });

  it.each([
    ['InvalidName', { name: '12' }],
    [
      'ResourceNotFound',
      { routingConfiguration: [{ stateMachineVersionArn: `${stateMachineArn}:9`, weight: 100 }] },
    ],
    [
      'ValidationException',
      { routingConfiguration: [{ stateMachineVersionArn: `${stateMachineArn}:1`, weight: 99 }] },
    ],
  ])('refuse an alias with %s', (error, change) => {
    const { states } = new Laboratory();
    states.createStateMachine({ name: 'm', definition: definition('1'), roleArn, publish: true });
    const routingConfiguration = [{ stateMachineVersionArn: `${stateMachineArn}:1`, weight: 100 }];
    expect(() => states.createStateMachineAlias({ name: 'live', routingConfiguration, ...change })).toThrow(
      named(error),
    );
  });

  it('keep running executions on the definition they began with', async () => {
    const laboratory = defined({ W: { Type: 'Wait', Seconds: 1, Output: 'old', End: true } });
    const arn = laboratory.start();
    laboratory.states.updateStateMachine({ stateMachineArn, definition: definition('new') });
    expect((await laboratory.ended(arn)).result).toBe('old');
    expect(laboratory.states.describeStateMachineForExecution({ executionArn: arn }).definition).toContain(
      'old',
    );
    expect(laboratory.states.describeStateMachine({ stateMachineArn }).definition).toContain('new');
  });
});

describe('speed', () => {
  it('walks 40 states with expressions and instant tasks in less than 30 ms', async () => {
    const laboratory = new Laboratory({ f: () => ({ ok: true }) });
    const states = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `S${at}`,
        task('f', {
          Arguments: {
            FunctionName: 'f',
            Payload: { at, from: `{% $states.context.State.Name & "${at}" %}` },
          },
          Assign: { [`v${at}`]: '{% $states.result.Payload.ok %}' },
          ...(at === 39 ? {} : { End: undefined, Next: `S${at + 1}` }),
        }),
      ]),
    );
    const stripped = JSON.parse(JSON.stringify(states));
    laboratory.define(stripped);
    await laboratory.ended(laboratory.start());
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const began = performance.now();
      await laboratory.ended(laboratory.start());
      times.push(performance.now() - began);
    }
    expect(
      Math.min(...times),
      `runs took ${times.map((time) => time.toFixed(1)).join(', ')} ms`,
    ).toBeLessThan(30);
  });

  it('leaves nothing behind when the engine is stopped', async () => {
    const laboratory = defined(wait);
    const arn = laboratory.start();
    await laboratory.clock.settle();
    laboratory.states.stop();
    await laboratory.clock.settle();
    expect(laboratory.clock.pending).toBe(0);
    expect(laboratory.states.describe(arn).status).toBe('RUNNING');
  });
});
