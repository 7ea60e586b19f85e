import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../../local/iam/evaluate.ts';
import { allow } from '../../../local/iam/statement.ts';
import { Laboratory, machineArn, task } from '../states/laboratory.ts';

/** An engine whose machines may do these things alone. */
function laboratoryOf(...grants: readonly (readonly [action: string, resource: string])[]): Laboratory {
  const ask = compilePolicies(grants.map(([action, resource]) => allow([action], [resource])));
  const access = (_: object, need: { action: string; resource: string }) =>
    ask(need) === 'allowed' ? undefined : `no ${need.action} on ${need.resource}`;
  return new Laboratory({ Work: () => 1 }, { access });
}
const nest = (pattern: string) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::states:startExecution${pattern}`,
  Arguments: { StateMachineArn: machineArn('child'), Name: 'c' },
  End: true,
});
const child = { P: { Type: 'Pass', End: true } };
const rule = 'arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule';

describe("a machine's role", () => {
  it('must be allowed to invoke the very function, qualifier and all', async () => {
    const work = 'arn:aws:lambda:us-east-1:000000000000:function:Work';
    const allowed = laboratoryOf(['lambda:InvokeFunction', work]);
    expect(await allowed.run({ T: task('Work') })).toMatchObject({ status: 'SUCCEEDED' });
    const denied = await laboratoryOf(['lambda:InvokeFunction', work]).run({ T: task('Work:live') });
    expect(denied.error).toBe('Lambda.AWSLambdaException');
    expect(denied.cause).toContain(`no lambda:InvokeFunction on ${work}:live (Service: AWSLambda`);
  });

  it('must be allowed to start an execution', async () => {
    const laboratory = laboratoryOf(['states:StartExecution', machineArn('other')]);
    laboratory.define(child, 'child');
    expect(await laboratory.run({ N: nest('') })).toMatchObject({
      status: 'FAILED',
      error: 'StepFunctions.AWSStepFunctionsException',
      cause: expect.stringContaining(
        `no states:StartExecution on ${machineArn('child')} (Service: AWSStepFunctions`,
      ),
    });
  });

  it('must be allowed to look at an execution that it waits for', async () => {
    const grants = [
      ['states:StartExecution', machineArn('child')],
      ['events:*', rule],
    ] as const;
    const blind = laboratoryOf(...grants);
    blind.define(child, 'child');
    expect(await blind.run({ N: nest('.sync:2') })).toMatchObject({
      error: 'StepFunctions.AWSStepFunctionsException',
      cause: expect.stringContaining('no states:DescribeExecution on '),
    });
    const seeing = laboratoryOf(...grants, ['states:DescribeExecution', '*']);
    seeing.define(child, 'child');
    expect(await seeing.run({ N: nest('.sync:2') })).toMatchObject({ status: 'SUCCEEDED' });
  });

  it.each([
    ['', true],
    ['.sync', false],
    ['.sync:2', false],
  ])(
    'must be allowed to keep a rule before a machine with startExecution%s can be created',
    (pattern, isCreated) => {
      const laboratory = laboratoryOf(['events:PutRule', rule], ['events:PutTargets', rule]);
      const branch = { StartAt: 'N', States: { N: nest(pattern) } };
      const define = () => laboratory.define({ P: { Type: 'Parallel', Branches: [branch], End: true } });
      if (isCreated) expect(define()).toBe(machineArn('m'));
      else
        expect(define).toThrow(
          "'arn:aws:iam::000000000000:role/machine' is not authorized to create managed-rule.",
        );
    },
  );
});
