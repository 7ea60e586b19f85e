import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { Sandboxes } from './fault-world.ts';
import type { Answer, Journal } from './sandbox.ts';
import type { TaskName, ThrownError } from './wire.ts';

// The promotion machine of statemachine/promotion.asl.yaml in small: the same tasks in the same order, a task that died or
// met a cluster that is away tried again with the same input.

const transient = new Set(['ClusterUnavailableError', 'ThrottledError']);
const mostTries = 7;

export interface Ended {
  readonly outcome: string;
  readonly failure?: object;
  /** What the tasks answered, in order; of a retried one the last. */
  readonly answers: readonly (readonly [TaskName, unknown])[];
}

const timedOut: Answer = { kind: 'error', error: { name: 'States.Timeout', message: 'stopped' } };

class TaskError extends Error {
  readonly task: TaskName;
  readonly thrown: ThrownError;
  constructor(task: TaskName, thrown: ThrownError) {
    super(`${task}: ${thrown.name}: ${thrown.message}`);
    this.task = task;
    this.thrown = thrown;
  }
}

/** How a machine takes what happens to its tasks. */
export interface MachineSettings {
  /** Everything is applied and then found to be unhealthy. */
  readonly isUnhealthy?: boolean;
  /** A task whose process was stopped counts as failed, as after its time is up; else it is waited for. */
  readonly hasTimeouts?: boolean;
}

/** The execution was ended from outside: no task of it runs any more. */
export class ExecutionGoneError extends Error {
  override readonly name = 'ExecutionGoneError';
}

/** Runs a promotion to its end. */
export async function runPromotion(
  sandboxes: Sandboxes,
  promotion: PromotionInput,
  journal: Journal,
  { isUnhealthy = false, hasTimeouts = false }: MachineSettings = {},
): Promise<Ended> {
  const answers: [TaskName, unknown][] = [];
  async function task<Result>(name: TaskName, more: object = {}): Promise<Result> {
    for (let tried = 1; ; tried += 1) {
      const sandbox = await sandboxes.take();
      const working = sandbox.invoke(name, { ...promotion, ...more }, journal);
      const timeout = journal.stopped.then(() => timedOut);
      const answer = await (hasTimeouts && !journal.isStopped ? Promise.race([working, timeout]) : working);
      sandboxes.giveBack(sandbox);
      if (journal.isDead) throw new ExecutionGoneError(name);
      if (answer.kind === 'result') {
        answers.push([name, answer.result]);
        return answer.result as Result;
      }
      const isWorthwhile = answer.kind === 'killed' || transient.has(answer.error.name);
      if (isWorthwhile && tried < mostTries) continue;
      const gone = { name: 'Runtime.ExitError', message: 'killed' };
      throw new TaskError(name, answer.kind === 'error' ? answer.error : gone);
    }
  }

  async function deploy(mode: 'forward' | 'rollback', fence: number, plan: PlanReference) {
    const run = { mode, fence, plan };
    let step = 0;
    for (;;) {
      let advanced = await task<{ appliedAt: number; cursor?: object }>('advance', { ...run, step });
      while (advanced.cursor !== undefined)
        advanced = await task('advance', { ...run, step, cursor: advanced.cursor });
      if (isUnhealthy && mode === 'forward')
        throw new TaskError('observe', { name: 'RolloutFailedError', message: 'Deployment web: it crashed' });
      const { appliedAt } = advanced;
      let seen: { next: string; step?: number };
      do seen = await task('observe', { ...run, step, appliedAt });
      while (seen.next === 'observe');
      if (seen.next === 'verify') break;
      step = seen.step ?? step + 1;
    }
    return task<{ inventory: object; residue?: readonly string[] }>('verifyRollout', run);
  }

  async function rolledBack(failure: ThrownError, fence: number, plan: PlanReference) {
    const planned = await task<{ possible: boolean; plan: PlanReference; outcome: string }>('planRollback', {
      error: failure,
      fence,
      plan,
    });
    if (!planned.possible) return { outcome: planned.outcome, failure };
    const { inventory, residue = [] } = await deploy('rollback', fence, planned.plan);
    return {
      outcome: residue.length > 0 ? 'failed-not-rolled-back' : 'failed-rolled-back',
      failure,
      inventory,
    };
  }

  async function end(fields: {
    readonly outcome: string;
    readonly inventory?: object;
    readonly failure?: object;
  }): Promise<Ended> {
    await task('recordPromotion', fields);
    await task('releaseTarget');
    const { outcome, failure } = fields;
    return { outcome, answers, ...(failure && { failure }) };
  }

  const executionArn = `arn:aws:states:us-east-1:000000000000:execution:promotion:${promotion.release}`;
  async function prepared() {
    const planned = await task<{ outcome: string; plan: PlanReference }>('planPromotion', {
      round: 1,
      executionArn,
    });
    await task('acquireTarget', { taskToken: `token-${promotion.release}-${promotion.attempt}` });
    const { fence } = await sandboxes.granted(promotion);
    await task('confirmPlan', { round: 1, plan: planned.plan, fence });
    return { ...planned, fence };
  }

  let fence: number;
  let plan: PlanReference;
  try {
    const ready = await prepared();
    if (ready.outcome === 'unchanged') return await end({ outcome: 'unchanged' });
    ({ fence, plan } = ready);
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return end({ outcome: 'failed-nothing-applied', failure: error.thrown });
  }
  try {
    const { inventory } = await deploy('forward', fence, plan);
    return await end({ outcome: 'promoted', inventory });
  } catch (error) {
    if (!(error instanceof TaskError) || endings.has(error.task)) throw error;
    return end(await rolledBack(error.thrown, fence, plan));
  }
}

// Outside of every Catch: where these fail, the execution does.
const endings: ReadonlySet<TaskName> = new Set(['recordPromotion', 'releaseTarget']);
