import { describe, expect, it } from 'vitest';
import { FunctionError, InvokeError } from '../local/states/scripted-functions.ts';
import { promotion, ShippedMachines } from './shipped-machines.ts';

const prepared = [
  'Begin',
  'Prepare',
  'FirstPlan',
  'PlanPromotion',
  'ChangesAnything?',
  'NeedsApproval?',
  'AwaitApproval',
  'Approved?',
  'AcquireTarget',
  'Acquired?',
  'ConfirmPlan',
  'AnythingToDo?',
  'Prepared',
];
const step = ['Advance', 'Advanced?', 'Observe', 'Next?'];
const rollout = ['FirstStep', ...step, ...step, 'VerifyRollout'];
const closing = ['RecordPromotion', 'ReleaseTarget', 'Ended?'];

/** PlanPromotion's answer where there is nothing to change and people approve changes. */
const unchanged = {
  outcome: 'unchanged',
  plan: { document: {}, digest: 'sha256:cc', changes: 0 },
  approval: { required: true, timeoutSeconds: 900 },
};

/** What RecordPromotion was told, without the promotion's own fields. */
function recorded(machines: ShippedMachines): Record<string, unknown>[] {
  return machines.functions.payloadsOf('RecordPromotion').map((payload) => {
    const { application, release, environment, attempt, kind, ...rest } = payload as Record<string, unknown>;
    expect({ application, release, environment, attempt, kind }).toEqual(promotion);
    return rest;
  });
}

describe('promotion: paths that end in an outcome', () => {
  it('plans, asks, acquires, confirms, deploys, verifies, records, releases', async () => {
    const machines = new ShippedMachines();
    const { status, output, path } = await machines.run('promotion');
    expect(status).toBe('SUCCEEDED');
    expect(output).toEqual({ outcome: 'promoted' });
    expect(path).toEqual([...prepared, 'Ready?', 'Deploy', ...rollout, ...closing, 'Ended']);
    expect(recorded(machines)).toEqual([{ outcome: 'promoted', inventory: expect.any(Object) }]);
    expect(machines.functions.payloadsOf('Advance')).toMatchObject([
      { mode: 'forward', step: 0, fence: 4, plan: { digest: 'sha256:aa' } },
      { mode: 'forward', step: 1, fence: 4 },
    ]);
  });

  it('asks nobody where the plan needs no approval', async () => {
    const plan = { document: {}, digest: 'sha256:aa', changes: 1 };
    const machines = new ShippedMachines({
      PlanPromotion: () => ({ outcome: 'planned', plan, approval: { required: false } }),
    });
    const { output, path } = await machines.run('promotion');
    expect(output).toEqual({ outcome: 'promoted' });
    expect(path).not.toContain('AwaitApproval');
    expect(path).toContain('ConfirmPlan');
  });

  it('ends unchanged, with nobody asked and nothing written, when its turn finds it still so', async () => {
    const machines = new ShippedMachines({ PlanPromotion: () => unchanged });
    const { status, output, path } = await machines.run('promotion');
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { outcome: 'unchanged' } });
    expect(path).toEqual([
      'Begin',
      'Prepare',
      'FirstPlan',
      'PlanPromotion',
      'ChangesAnything?',
      'AcquireTarget',
      'Acquired?',
      'ConfirmPlan',
      'AnythingToDo?',
      'NotPrepared',
      'Ready?',
      ...closing,
      'Ended',
    ]);
    expect(machines.functions.payloadsOf('ConfirmPlan')).toMatchObject([{ plan: unchanged.plan, fence: 4 }]);
    expect(recorded(machines)).toEqual([{ outcome: 'unchanged' }]);
  });

  it('ends superseded after the plan alone', async () => {
    const machines = new ShippedMachines({
      PlanPromotion: () => ({ outcome: 'superseded', supersededBy: 9 }),
    });
    const { status, output, path } = await machines.run('promotion');
    const ending = { outcome: 'superseded', supersededBy: 9 };
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: ending });
    expect(path).toEqual([
      'Begin',
      'Prepare',
      'FirstPlan',
      'PlanPromotion',
      'ChangesAnything?',
      'NotPrepared',
      'Ready?',
      ...closing,
      'Ended',
    ]);
    expect(recorded(machines)).toEqual([ending]);
  });

  it.each(['rejected', 'expired', 'superseded', 'withdrawn'])(
    'ends %s when the request does, with nothing acquired',
    async (decision) => {
      const machines: ShippedMachines = new ShippedMachines({
        AwaitApproval: ({ taskToken }) =>
          machines.states.sendTaskSuccess({ taskToken, output: JSON.stringify({ decision }) }),
      });
      const { status, output, path } = await machines.run('promotion');
      expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { outcome: decision } });
      expect(path).not.toContain('AcquireTarget');
      expect(path).not.toContain('Advance');
    },
  );

  it('reads the decision again when the wait times out: nobody decided, it expires', async () => {
    const machines = new ShippedMachines({ AwaitApproval: () => null });
    const started = machines.clock.now();
    const { output, path } = await machines.run('promotion');
    expect(output).toEqual({ outcome: 'expired' });
    expect(path).toContain('CloseApproval');
    expect(machines.clock.now() - started).toBe(900_000);
  });

  it('deploys when the decision was recorded but its wake-up was lost', async () => {
    const machines = new ShippedMachines({
      AwaitApproval: () => null,
      CloseApproval: () => ({ decision: 'approved' }),
    });
    expect((await machines.run('promotion')).output).toEqual({ outcome: 'promoted' });
  });

  it('ends superseded when a newer release has taken the target', async () => {
    const machines: ShippedMachines = new ShippedMachines({
      AcquireTarget: ({ taskToken }) =>
        machines.states.sendTaskSuccess({
          taskToken,
          output: JSON.stringify({ acquired: false, outcome: 'superseded', supersededBy: 8 }),
        }),
    });
    const { output, path } = await machines.run('promotion');
    expect(output).toEqual({ outcome: 'superseded', supersededBy: 8 });
    expect(path).not.toContain('ConfirmPlan');
  });
});

describe('promotion: a stale plan', () => {
  const stale = () => {
    throw new FunctionError('PlanStaleError', 'plan: changed');
  };

  it('frees the target, plans and asks again, and is promoted in the second round', async () => {
    const machines = new ShippedMachines({
      ConfirmPlan: (_, call) => (call === 1 ? stale() : { confirmed: true }),
    });
    const { output, path } = await machines.run('promotion');
    expect(output).toEqual({ outcome: 'promoted' });
    expect(path.filter((state) => state === 'ReleaseTarget')).toHaveLength(2);
    expect(machines.functions.payloadsOf('PlanPromotion')).toMatchObject([{ round: 1 }, { round: 2 }]);
    expect(machines.functions.payloadsOf('AwaitApproval')).toMatchObject([{ round: 1 }, { round: 2 }]);
    expect(recorded(machines)).toHaveLength(1);
  });

  it('ends outdated the third time', async () => {
    const machines = new ShippedMachines({ ConfirmPlan: stale });
    const { status, output, path } = await machines.run('promotion');
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { outcome: 'outdated' } });
    expect(path.filter((state) => state === 'ConfirmPlan')).toHaveLength(3);
    expect(path).not.toContain('Advance');
    expect(recorded(machines)).toEqual([{ outcome: 'outdated' }]);
    expect(path.at(-3)).toBe('ReleaseTarget');
  });

  it('without changes frees the target, and asks people once there are some', async () => {
    const planned = { ...unchanged, outcome: 'planned', plan: { ...unchanged.plan, changes: 1 } };
    const machines = new ShippedMachines({
      PlanPromotion: ({ round }) => (round === 1 ? unchanged : planned),
      ConfirmPlan: (_, call) => (call === 1 ? stale() : { confirmed: true }),
    });
    const { output, path } = await machines.run('promotion');
    expect(output).toEqual({ outcome: 'promoted' });
    expect(machines.functions.payloadsOf('AwaitApproval')).toMatchObject([{ round: 2 }]);
    expect(path.indexOf('ReleaseTarget')).toBeLessThan(path.indexOf('AwaitApproval'));
  });

  it('without changes is made again with the target held where nobody is asked', async () => {
    const approval = { required: false };
    const machines = new ShippedMachines({
      PlanPromotion: (_, call) => ({ ...unchanged, approval, ...(call === 2 && { outcome: 'planned' }) }),
      ConfirmPlan: (_, call) => (call === 1 ? stale() : { confirmed: true }),
    });
    const { output, path } = await machines.run('promotion');
    expect(output).toEqual({ outcome: 'promoted' });
    expect(path.indexOf('ReleaseTarget')).toBeGreaterThan(path.lastIndexOf('PlanPromotion'));
  });

  describe('that nobody was asked about', () => {
    const PlanPromotion = () => ({
      outcome: 'planned',
      plan: { document: {}, digest: 'sha256:aa', changes: 1 },
      approval: { required: false },
    });

    it('is made again with the target held, so that no other release comes in between', async () => {
      const machines = new ShippedMachines({
        PlanPromotion,
        ConfirmPlan: (_, call) => (call === 1 ? stale() : { confirmed: true }),
      });
      const { output, path } = await machines.run('promotion');
      expect(output).toEqual({ outcome: 'promoted' });
      const again = path.lastIndexOf('PlanPromotion');
      expect(path.indexOf('ConfirmPlan')).toBeLessThan(again);
      expect(path.indexOf('ReleaseTarget')).toBeGreaterThan(again);
    });

    it('frees the target now and then, and ends outdated, where it never holds', async () => {
      const machines = new ShippedMachines({ PlanPromotion, ConfirmPlan: stale });
      const { output, path } = await machines.run('promotion');
      expect(output).toEqual({ outcome: 'outdated' });
      expect(path.filter((state) => state === 'ConfirmPlan')).toHaveLength(9);
      expect(path.filter((state) => state === 'ReleaseTarget')).toHaveLength(3);
      expect(path).not.toContain('Advance');
    });
  });
});

describe('promotion: failures', () => {
  const failing = (name: string) => () => {
    throw new FunctionError(name, `${name} happened`);
  };

  it.each([
    'BundleInvalidError',
    'PipelineInvalidError',
    'PolicyViolationError',
    'ManifestRefusedError',
    'FieldConflictError',
    'ConfigurationError',
    'TypeError',
  ])('%s while preparing: nothing applied, not retried', async (name) => {
    const machines = new ShippedMachines({ PlanPromotion: failing(name) });
    const { status, error, cause, path } = await machines.run('promotion');
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'failed-nothing-applied' });
    expect(cause).toContain(`${name} happened`);
    expect(machines.functions.payloadsOf('PlanPromotion')).toHaveLength(1);
    expect(recorded(machines)).toMatchObject([{ outcome: 'failed-nothing-applied', failure: { name } }]);
    expect(path).toContain('ReleaseTarget');
  });

  it.each(['RolloutFailedError', 'ProgressDeadlineExceededError', 'FieldConflictError', 'RangeError'])(
    '%s while deploying: the loop runs again in rollback mode with the rollback plan',
    async (name) => {
      const machines = new ShippedMachines({
        Observe: ({ mode, step }, call) =>
          mode === 'forward' && call === 1
            ? failing(name)()
            : step === 0
              ? { next: 'advance', step: 1 }
              : { next: 'verify' },
      });
      const { status, error, path } = await machines.run('promotion');
      expect({ status, error }).toEqual({ status: 'FAILED', error: 'failed-rolled-back' });
      expect(path.slice(path.indexOf('RollBack?'))).toEqual([
        'RollBack?',
        'PlanRollback',
        'CanRollBack?',
        'Deploy',
        ...rollout,
        ...closing,
        'Failed',
      ]);
      expect(machines.functions.payloadsOf('Advance').slice(1)).toMatchObject([
        { mode: 'rollback', step: 0, plan: { digest: 'sha256:bb' } },
        { mode: 'rollback', step: 1 },
      ]);
      expect(machines.functions.payloadsOf('PlanRollback')).toMatchObject([{ error: { name } }]);
      expect(recorded(machines)).toMatchObject([
        { outcome: 'failed-rolled-back', failure: { name }, inventory: {} },
      ]);
    },
  );

  it('is not rolled back cleanly when the rollback leaves something of the failed release', async () => {
    const residue = ['ConfigMap extra: is still there', 'Service web: differs'];
    const machines = new ShippedMachines({
      Advance: ({ mode, step }) =>
        mode === 'forward' ? failing('ManifestRefusedError')() : { step, appliedAt: 1 },
      VerifyRollout: () => ({ inventory: { key: 'rollback' }, residue }),
    });
    const { error } = await machines.run('promotion');
    expect(error).toBe('failed-not-rolled-back');
    expect(recorded(machines)).toEqual([
      {
        outcome: 'failed-not-rolled-back',
        inventory: { key: 'rollback' },
        failure: { name: 'ManifestRefusedError', message: expect.any(String) },
        rollbackFailure: { name: 'RollbackResidue', message: residue.join('; ') },
      },
    ]);
  });

  it('is not promoted when it was to repair a dead promotion and something of that is left', async () => {
    const machines = new ShippedMachines({
      VerifyRollout: () => ({ inventory: { key: 'forward' }, residue: ['ConfigMap extra: is still there'] }),
    });
    const { error } = await machines.run('promotion');
    expect(error).toBe('failed-not-rolled-back');
    expect(recorded(machines)).toEqual([
      {
        outcome: 'failed-not-rolled-back',
        inventory: { key: 'forward' },
        rollbackFailure: { name: 'RollbackResidue', message: 'ConfigMap extra: is still there' },
      },
    ]);
  });

  it('is rolled back cleanly when VerifyRollout finds nothing left', async () => {
    const machines = new ShippedMachines({
      Advance: ({ mode, step }) =>
        mode === 'forward' ? failing('ManifestRefusedError')() : { step, appliedAt: 1 },
      VerifyRollout: () => ({ inventory: { key: 'rollback' }, residue: [] }),
    });
    expect((await machines.run('promotion')).error).toBe('failed-rolled-back');
    expect(recorded(machines)[0]).not.toHaveProperty('rollbackFailure');
  });

  it('does not roll back twice: a rollback that fails ends the promotion', async () => {
    const machines = new ShippedMachines({ Observe: failing('RolloutFailedError') });
    const { error, path } = await machines.run('promotion');
    expect(error).toBe('failed-not-rolled-back');
    expect(path.filter((state) => state === 'Deploy')).toHaveLength(2);
    expect(recorded(machines)).toMatchObject([
      { failure: { name: 'RolloutFailedError' }, rollbackFailure: { name: 'RolloutFailedError' } },
    ]);
  });

  it.each(['failed-nothing-applied', 'failed-not-rolled-back'])(
    'ends %s when PlanRollback says that there is no way back',
    async (outcome) => {
      const machines = new ShippedMachines({
        Advance: failing('ManifestRefusedError'),
        PlanRollback: () => ({ possible: false, outcome, reason: 'there is no earlier good release' }),
      });
      const { error, path } = await machines.run('promotion');
      expect(error).toBe(outcome);
      expect(path.filter((state) => state === 'Deploy')).toHaveLength(1);
      expect(recorded(machines)).toMatchObject([
        { outcome, rollbackFailure: { message: 'there is no earlier good release' } },
      ]);
    },
  );

  it('goes on with a step that takes several calls where the last one stopped', async () => {
    const machines = new ShippedMachines({
      Advance: ({ step }, call) => ({
        step,
        appliedAt: 1,
        ...(call < 3 && { cursor: { batches: call, appliedAt: 1 } }),
      }),
    });
    expect((await machines.run('promotion')).output).toEqual({ outcome: 'promoted' });
    expect(machines.functions.payloadsOf('Advance')).toMatchObject([
      { step: 0, cursor: null },
      { step: 0, cursor: { batches: 1, appliedAt: 1 } },
      { step: 0, cursor: { batches: 2, appliedAt: 1 } },
      { step: 1, cursor: null },
    ]);
  });

  it.each([
    'ClusterUnavailableError',
    'ThrottledError',
    'Sandbox.Timedout',
    'Runtime.ExitError',
    'Lambda.Unknown',
  ])('%s is retried with backoff and then the promotion goes on', async (name) => {
    const machines = new ShippedMachines({
      Advance: ({ step }, call) => (call < 3 ? failing(name)() : { step, appliedAt: 1 }),
    });
    const { output } = await machines.run('promotion');
    expect(output).toEqual({ outcome: 'promoted' });
    expect(machines.functions.payloadsOf('Advance')).toHaveLength(4);
  });

  it("retries Lambda's throttling of the invocation itself", async () => {
    const machines = new ShippedMachines({
      ConfirmPlan: (_, call) => {
        if (call === 1) throw new InvokeError('TooManyRequestsException', 'Rate Exceeded.');
        return { confirmed: true };
      },
    });
    expect((await machines.run('promotion')).output).toEqual({ outcome: 'promoted' });
  });

  it('gives up on a cluster that stays away, and then rolls back', async () => {
    const machines = new ShippedMachines({
      Observe: ({ mode, step }) =>
        mode === 'forward'
          ? failing('ClusterUnavailableError')()
          : step === 0
            ? { next: 'advance', step: 1 }
            : { next: 'verify' },
    });
    const { error } = await machines.run('promotion');
    expect(error).toBe('failed-rolled-back');
    expect(
      machines.functions
        .payloadsOf('Observe')
        .filter((payload) => (payload as { mode: string }).mode === 'forward'),
    ).toHaveLength(7);
  });

  it('keeps task tokens out of outputs and of everything but the two waiting functions', async () => {
    const machines = new ShippedMachines();
    const { output } = await machines.run('promotion');
    const tokens = ['AwaitApproval', 'AcquireTarget']
      .flatMap((name) => machines.functions.payloadsOf(name))
      .map((payload) => (payload as { taskToken: string }).taskToken);
    expect(tokens).toHaveLength(2);
    const others = machines.functions.invocations.filter(
      ({ name }) => !['AwaitApproval', 'AcquireTarget'].includes(name),
    );
    for (const token of tokens) expect(JSON.stringify([output, others])).not.toContain(token);
  });
});
