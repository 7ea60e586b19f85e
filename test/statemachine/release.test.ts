import { describe, expect, it } from 'vitest';
import { FunctionError } from '../local/states/scripted-functions.ts';
import { ShippedMachines } from './shipped-machines.ts';

const walk = ['NextEnvironment?', 'OpenPromotion', 'Promote', 'Promoted?'];
const plan = { document: {}, digest: 'sha256:aa', changes: 1 };

describe('release', () => {
  it('validates, verifies, promotes into each environment in order, records', async () => {
    const machines = new ShippedMachines();
    const { status, output, path } = await machines.run('release');
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { outcome: 'succeeded' } });
    expect(path).toEqual([
      'Release',
      'ValidateBundle',
      'VerifyImages',
      ...walk,
      ...walk,
      'NextEnvironment?',
      'Walked',
      'RecordOutcome',
      'Succeeded?',
      'Ended',
    ]);
    expect(machines.functions.payloadsOf('OpenPromotion')).toMatchObject([
      { environment: 'staging' },
      { environment: 'production' },
    ]);
    const started = machines.bus.details.map(({ name, status }) => `${name} ${status}`);
    expect(started).toEqual(
      expect.arrayContaining([
        'hello-7-staging-1 SUCCEEDED',
        'hello-7-production-1 SUCCEEDED',
        'run SUCCEEDED',
      ]),
    );
  });

  it.each(['rejected', 'expired', 'superseded', 'outdated', 'withdrawn'])(
    'ends its walk when a promotion ends %s, without failing',
    async (outcome) => {
      const machines = new ShippedMachines({
        PlanPromotion: ({ environment }) =>
          environment === 'staging' ? { outcome: 'superseded', supersededBy: 8 } : { outcome: 'unchanged' },
        RecordPromotion: () => ({ outcome }),
      });
      const { status, output, path } = await machines.run('release');
      expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { outcome } });
      expect(path.filter((state) => state === 'Promote')).toHaveLength(1);
      expect(machines.functions.payloadsOf('RecordOutcome')).toEqual([
        { application: 'hello', release: 7, outcome, supersededBy: 8 },
      ]);
    },
  );

  it('walks on where nothing changes', async () => {
    const machines = new ShippedMachines({ PlanPromotion: () => ({ outcome: 'unchanged', plan }) });
    expect((await machines.run('release')).output).toEqual({ outcome: 'succeeded' });
  });

  it.each([
    ['ValidateBundle', 'BundleInvalidError'],
    ['VerifyImages', 'PolicyViolationError'],
    ['OpenPromotion', 'TypeError'],
  ])('records a failure of %s (%s) and ends FAILED', async (name, errorName) => {
    const machines = new ShippedMachines({
      [name]: () => {
        throw new FunctionError(errorName, 'bundle: what and where');
      },
    });
    const { status, error, path } = await machines.run('release');
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'failed-nothing-applied' });
    expect(path).not.toContain('Promote');
    expect(machines.functions.payloadsOf('RecordOutcome')).toMatchObject([
      { error: errorName, cause: expect.stringContaining('what and where') },
    ]);
  });

  it('sees the end of a promotion that failed, and does not go on to the next environment', async () => {
    const machines = new ShippedMachines({
      PlanPromotion: () => {
        throw new FunctionError('ManifestRefusedError', 'Deployment.apps staging/web: refused');
      },
    });
    const { status, path } = await machines.run('release');
    expect(status).toBe('FAILED');
    expect(path.filter((state) => state === 'Promote')).toHaveLength(1);
    const [told] = machines.functions.payloadsOf('RecordOutcome') as { error: string; cause: string }[];
    expect(told?.error).toBe('States.TaskFailed');
    expect(JSON.parse(told?.cause ?? '')).toMatchObject({
      Status: 'FAILED',
      Error: 'failed-nothing-applied',
      Cause: expect.stringContaining('refused'),
    });
  });

  it('stopping it stops the promotion that it waits for; both ends reach the bus for SettleRelease', async () => {
    const machines = new ShippedMachines({ AwaitApproval: () => null });
    const executionArn = machines.start(
      'release',
      { application: 'hello', release: 7, bundle: {}, environments: ['production'] },
      'hello-7',
    );
    await machines.clock.settle();
    machines.states.stopExecution({ executionArn, error: 'Stopped', cause: 'by hand' });
    await machines.clock.settle();
    const ends = machines.bus.details.filter(({ status }) => status === 'ABORTED').map(({ name }) => name);
    expect(ends.sort()).toEqual(['hello-7', 'hello-7-production-1']);
  });

  it('starting it twice with the same name and input is one execution', async () => {
    const machines = new ShippedMachines({ AwaitApproval: () => null });
    const input = { application: 'hello', release: 7, bundle: {}, environments: ['production'] };
    expect(machines.start('release', input, 'hello-7')).toBe(machines.start('release', input, 'hello-7'));
    machines.states.stop();
  });
});
