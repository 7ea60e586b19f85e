import { readFileSync } from 'node:fs';
import { createStates, type States } from '../../local/states/states.ts';
import { RecordingBus, roleArn } from '../local/states/laboratory.ts';
import { type ScriptedFunction, ScriptedFunctions } from '../local/states/scripted-functions.ts';
import { VirtualClock } from '../local/states/virtual-clock.ts';
import { functionNames } from '../template/shipped.ts';

const arn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:tidegate-${name}:live`;
const plan = {
  document: { bucket: 'b', key: 'plans/p.json', versionId: 'v' },
  digest: 'sha256:aa',
  changes: 2,
};
const inventory = { bucket: 'b', key: 'inventories/i.json', versionId: 'v' };

/** The promotion that the tests run. */
export const promotion = {
  application: 'hello',
  release: 7,
  environment: 'production',
  attempt: 1,
  kind: 'promotion',
};

/** The release that the tests run. */
export const release = {
  application: 'hello',
  release: 7,
  bundle: { bucket: 'bundles', key: 'hello/a.zip', versionId: 'v1' },
  environments: ['staging', 'production'],
};

/** Answers of the functions on a path where all goes well; AwaitApproval and AcquireTarget answer by their token. */
function happy(machines: () => States): Record<string, ScriptedFunction> {
  const answer = (taskToken: string, output: object) =>
    machines().sendTaskSuccess({ taskToken, output: JSON.stringify(output) });
  return {
    ValidateBundle: () => ({ contents: { staging: {}, production: {} }, objects: 3 }),
    VerifyImages: ({ contents }) => ({ contents }),
    OpenPromotion: ({ application, release, environment }) => ({
      application,
      release,
      environment,
      attempt: 1,
      kind: 'promotion',
    }),
    RecordOutcome: ({ outcome, error }) => ({
      outcome: outcome ?? 'failed-nothing-applied',
      ...(error ? { failure: { name: error, message: '' } } : {}),
    }),
    PlanPromotion: () => ({ outcome: 'planned', plan, approval: { required: true, timeoutSeconds: 900 } }),
    AwaitApproval: ({ taskToken }) => answer(taskToken, { decision: 'approved' }),
    CloseApproval: () => ({ decision: 'expired' }),
    AcquireTarget: ({ taskToken }) => answer(taskToken, { acquired: true, fence: 4 }),
    ConfirmPlan: () => ({ confirmed: true }),
    Advance: ({ step }) => ({ step, changes: {}, appliedAt: 1 }),
    Observe: ({ step }) => (step === 0 ? { next: 'advance', step: 1 } : { next: 'verify' }),
    VerifyRollout: () => ({ inventory }),
    PlanRollback: () => ({ possible: true, plan: { ...plan, digest: 'sha256:bb' } }),
    RecordPromotion: ({ outcome, failure }) => ({ outcome, ...(failure && { failure }) }),
    ReleaseTarget: () => ({ released: true }),
  };
}

/** The shipped state machines over scripted functions and a virtual clock. */
export class ShippedMachines {
  readonly clock = new VirtualClock();
  readonly bus = new RecordingBus();
  readonly functions: ScriptedFunctions;
  readonly states: States;

  constructor(changed: Readonly<Record<string, ScriptedFunction>> = {}) {
    this.functions = new ScriptedFunctions({ ...happy(() => this.states), ...changed });
    this.states = createStates({
      invoker: this.functions,
      clock: this.clock,
      bus: this.bus,
      random: () => 0.5,
    });
    for (const name of ['promotion', 'release']) {
      this.states.createStateMachine({
        name: `tidegate-${name}`,
        definition: readFileSync(`statemachine/${name}.asl.yaml`, 'utf8'),
        roleArn,
        alias: 'live',
        substitutions: {
          ...Object.fromEntries(functionNames.map((id) => [`${id}FunctionArn`, id])),
          PromotionStateMachineArn: arn('promotion'),
        },
      });
    }
  }

  start(name: 'release' | 'promotion', input: object, executionName: string): string {
    return this.states.startExecution({
      stateMachineArn: arn(name),
      name: executionName,
      input: JSON.stringify(input),
    }).executionArn;
  }

  /** Runs one execution to its end. */
  async run(name: 'release' | 'promotion', input: object = name === 'release' ? release : promotion) {
    return await this.end(this.start(name, input, 'run'));
  }

  async end(executionArn: string) {
    await this.clock.runUntil(() => this.states.describe(executionArn).status !== 'RUNNING');
    const { status, error, cause, output } = this.states.describe(executionArn);
    return {
      status,
      error,
      cause,
      output: output === undefined ? undefined : JSON.parse(output),
      path: this.states.path(executionArn),
    };
  }
}
