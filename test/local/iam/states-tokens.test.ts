import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { statesNeeds } from '../../../local/iam/services/states.ts';
import { Laboratory, machineArn, task } from '../states/laboratory.ts';

const needs = (operation: string, input: object, machineOfToken: (token: string) => string | undefined) =>
  statesNeeds({
    request: {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
      body: Readable.from([]),
      readBody: async () => Buffer.alloc(0),
      region: 'us-east-1',
    },
    body: Buffer.from(JSON.stringify(input)),
    world: { region: 'us-east-1', partitionKey: () => undefined, machineOfToken },
  });

describe('what Step Functions asks for', () => {
  it('is the machine of a task token, as long as anybody knows it', async () => {
    let token = '';
    const laboratory = new Laboratory({
      Ask: (payload) => {
        token = (payload as { token: string }).token;
      },
    });
    const Arguments = { FunctionName: 'Ask', Payload: { token: '{% $states.context.Task.Token %}' } };
    const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
    laboratory.define({ Ask: task('Ask', { Resource, Arguments, Output: 1 }) });
    const executionArn = laboratory.start();
    await laboratory.clock.runUntil(() => token !== '');
    const { machineOfToken } = laboratory.states;
    const expected = [
      expect.objectContaining({ action: 'states:SendTaskSuccess', resource: machineArn('m') }),
    ];
    expect(needs('SendTaskSuccess', { taskToken: token }, machineOfToken)).toEqual(expected);
    laboratory.states.stopExecution({ executionArn });
    expect(needs('SendTaskSuccess', { taskToken: token }, machineOfToken)).toEqual(expected);
    expect(needs('SendTaskSuccess', { taskToken: 'unknown' }, machineOfToken)).toEqual([]);
  });

  it.each([
    ['StartExecution', { stateMachineArn: machineArn('m:live') }, machineArn('m'), 'live'],
    ['StartExecution', { stateMachineArn: machineArn('m') }, machineArn('m'), undefined],
    ['DescribeStateMachineAlias', { stateMachineAliasArn: machineArn('m:live') }, machineArn('m'), 'live'],
    ['StopExecution', { executionArn: 'arn:e:m:1' }, 'arn:e:m:1', undefined],
    ['ListStateMachines', {}, '*', undefined],
  ])('%s: %j', (operation, input, resource, qualifier) => {
    const [need] = needs(operation, input, () => undefined) ?? [];
    expect(need).toMatchObject({ action: `states:${operation}`, resource });
    expect(need?.context?.['states:statemachinequalifier']).toBe(qualifier);
  });
});
