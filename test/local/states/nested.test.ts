import { describe, expect, it } from 'vitest';
import { Laboratory, machineArn, task } from './laboratory.ts';
import { FunctionError } from './scripted-functions.ts';

const nest = (pattern: string, more: object = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::states:startExecution${pattern}`,
  Arguments: {
    StateMachineArn: machineArn('child'),
    Name: 'c1',
    Input: { from: '{% $states.context.Execution.Name %}' },
  },
  End: true,
  ...more,
});
const childArn = 'arn:aws:states:us-east-1:000000000000:execution:child:c1';

/** A parent and a child in one engine. */
function family(child: Record<string, object>, pattern: string, more: object = {}, functions = {}) {
  const laboratory = new Laboratory(functions);
  laboratory.define(child, 'child');
  laboratory.define({ Nest: nest(pattern, more), Done: { Type: 'Pass', End: true } }, 'm', {});
  return laboratory;
}

const plain = { P: { Type: 'Pass', Output: { answer: 42 }, End: true } };
const slow = { W: { Type: 'Wait', Seconds: 60, End: true } };
const toDone = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }] };

describe('states:startExecution', () => {
  it('answers once the child has started', async () => {
    const laboratory = family(slow, '', toDone);
    const ended = await laboratory.ended(laboratory.start());
    expect(ended.result).toEqual({ ExecutionArn: childArn, StartDate: Date.parse('2026-01-01T00:00:00Z') });
    expect(laboratory.states.describe(childArn).status).toBe('RUNNING');
  });

  it(".sync gives the child's output as text, .sync:2 as a value", async () => {
    const text = family(plain, '.sync', toDone);
    expect((await text.ended(text.start())).result).toMatchObject({
      Output: '{"answer":42}',
      Status: 'SUCCEEDED',
      Name: 'c1',
    });
    const value = family(plain, '.sync:2', toDone);
    const { result, name } = await value.ended(value.start());
    expect(result).toMatchObject({
      Output: { answer: 42 },
      Input: { from: name },
      OutputDetails: { Included: true },
    });
  });

  it('.sync waits as long as the child runs', async () => {
    const laboratory = family(slow, '.sync:2', toDone);
    const ended = await laboratory.ended(laboratory.start());
    expect((ended.stopDate ?? 0) - ended.startDate).toBe(60_000);
    expect(laboratory.types(ended.executionArn)).toContain('TaskSubmitted');
  });

  it("fails with States.TaskFailed and the child's description when the child fails", async () => {
    const child = { T: task('f') };
    const functions = {
      f: () => {
        throw new FunctionError('Broken', 'why');
      },
    };
    const laboratory = family(child, '.sync:2', toDone, functions);
    const { result } = await laboratory.ended(laboratory.start());
    const { Error: error, Cause } = result as { Error: string; Cause: string };
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(Cause)).toMatchObject({
      ExecutionArn: childArn,
      Status: 'FAILED',
      Error: 'Broken',
      Name: 'c1',
    });
  });

  it('fails alike when the child is stopped', async () => {
    const laboratory = family(slow, '.sync', toDone);
    const arn = laboratory.start();
    await laboratory.clock.settle();
    laboratory.states.stopExecution({ executionArn: childArn, error: 'Stopped', cause: 'by hand' });
    const { Error: error, Cause } = (await laboratory.ended(arn)).result as { Error: string; Cause: string };
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(Cause)).toMatchObject({ Status: 'ABORTED', Error: 'Stopped', Cause: 'by hand' });
  });

  it('stops the child with the parent', async () => {
    const laboratory = family(slow, '.sync', toDone);
    const executionArn = laboratory.start();
    await laboratory.clock.settle();
    laboratory.states.stopExecution({ executionArn });
    await laboratory.clock.settle();
    expect(laboratory.states.describe(childArn).status).toBe('ABORTED');
    expect(laboratory.clock.pending).toBe(0);
  });

  it('stops the child when a sibling branch fails', async () => {
    const laboratory = new Laboratory({
      f: () => {
        throw new FunctionError('Broken');
      },
    });
    laboratory.define(slow, 'child');
    const Branches = [
      { StartAt: 'Nest', States: { Nest: nest('.sync') } },
      { StartAt: 'Hold', States: { Hold: { Type: 'Wait', Seconds: 1, Next: 'T' }, T: task('f') } },
    ];
    const ended = await laboratory.run({ P: { Type: 'Parallel', Branches, End: true } });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Broken' });
    expect(laboratory.states.describe(childArn).status).toBe('ABORTED');
  });

  it('lets the child of a task that timed out run on', async () => {
    const laboratory = family(slow, '.sync', { TimeoutSeconds: 5, ...toDone });
    const ended = await laboratory.ended(laboratory.start());
    expect(ended.result).toEqual({ Error: 'States.Timeout' });
    expect(laboratory.states.describe(childArn).status).toBe('RUNNING');
  });

  it('lets it run on when the parent is stopped later', async () => {
    const laboratory = new Laboratory();
    laboratory.define(slow, 'child');
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Rest' }];
    laboratory.define({
      Nest: nest('.sync', { TimeoutSeconds: 5, Catch }),
      Rest: { Type: 'Wait', Seconds: 9, End: true },
    });
    const executionArn = laboratory.start();
    await laboratory.clock.advance(6_000);
    laboratory.states.stopExecution({ executionArn });
    await laboratory.clock.settle();
    expect(laboratory.states.describe(childArn).status).toBe('RUNNING');
  });

  it.each([
    ['a name that is taken', {}, 'StepFunctions.ExecutionAlreadyExistsException'],
    [
      'a machine that is missing',
      { StateMachineArn: machineArn('none') },
      'StepFunctions.StateMachineDoesNotExistException',
    ],
    ['a name that is wrong', { Name: 'a b' }, 'StepFunctions.InvalidNameException'],
  ])('fails for %s', async (_, change, error) => {
    const Arguments = { StateMachineArn: machineArn('child'), Name: 'c1', ...change };
    const laboratory = family(plain, '.sync:2', { ...toDone, Arguments });
    laboratory.states.startExecution({ stateMachineArn: machineArn('child'), name: 'c1' });
    await laboratory.clock.settle();
    expect((await laboratory.ended(laboratory.start())).result).toMatchObject({ Error: error });
  });
});

describe('a function that answers after its task timed out', () => {
  it('leaves no trace in the history', async () => {
    const laboratory: Laboratory = new Laboratory({
      late: () => new Promise((resolve) => laboratory.clock.after(10_000, () => resolve('late'))),
    });
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Rest' }];
    const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
    const states = {
      T: task('late', { Resource, TimeoutSeconds: 5, Catch }),
      Rest: { Type: 'Wait', Seconds: 60, End: true },
    };
    const { executionArn } = await laboratory.run(states);
    expect(laboratory.types(executionArn)).not.toContain('TaskSubmitted');
  });
});
