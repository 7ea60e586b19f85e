import { describe, expect, it } from 'vitest';
import { type ServiceAction, TaskError } from '../../../local/states/tasks/action.ts';
import { Laboratory } from './laboratory.ts';

/** A job that ends when the test says so. */
function jobAction() {
  const { promise: done, resolve: finish } = Promise.withResolvers<string>();
  const stopped: unknown[] = [];
  const action: ServiceAction = {
    name: 'works:startJob',
    patterns: ['sync'],
    parameters: { JobName: 'required' },
    async request({ JobName }) {
      if (JobName === 'none') throw new TaskError('Works.JobMissingException', "job 'none' does not exist");
      return { JobId: `${JobName}-1` };
    },
    async untilDone(submitted, _, call) {
      const forget = call.onAbort(() => stopped.push(submitted));
      return done.finally(forget);
    },
  };
  return { action, finish, stopped };
}

const job = (name: string) => ({
  T: {
    Type: 'Task',
    Resource: 'arn:aws:states:::works:startJob.sync',
    Arguments: { JobName: name },
    End: true,
  },
});

describe('a service integration that is added', () => {
  it('is started, waited for, and its result passed on', async () => {
    const { action, finish } = jobAction();
    const laboratory = new Laboratory({}, { actions: [action] });
    laboratory.define(job('a'));
    const arn = laboratory.start();
    await laboratory.clock.settle();
    finish('built');
    expect((await laboratory.ended(arn)).result).toBe('built');
    const submitted = laboratory.states.history(arn).find(({ type }) => type === 'TaskSubmitted');
    expect(submitted?.taskSubmittedEventDetails).toMatchObject({
      resourceType: 'works',
      resource: 'startJob.sync',
      output: '{"JobId":"a-1"}',
    });
  });

  it('is stopped with the execution', async () => {
    const { action, stopped } = jobAction();
    const laboratory = new Laboratory({}, { actions: [action] });
    laboratory.define(job('a'));
    const executionArn = laboratory.start();
    await laboratory.clock.settle();
    laboratory.states.stopExecution({ executionArn });
    expect(stopped).toEqual([{ JobId: 'a-1' }]);
  });

  it('fails in its own words', async () => {
    const laboratory = new Laboratory({}, { actions: [jobAction().action] });
    expect(await laboratory.run(job('none'))).toMatchObject({
      status: 'FAILED',
      error: 'Works.JobMissingException',
    });
  });
});
