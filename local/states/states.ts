import { type Clock, systemClock } from '../clock.ts';
import type { EventBus } from '../events/bus.ts';
import { defaultRegion } from '../identity.ts';
import type { LambdaInvoker } from '../lambda/invoker.ts';
import { type Access, unrestricted } from './access.ts';
import { executionOperations } from './execution-operations.ts';
import { Executions } from './executions.ts';
import { machineOperations } from './machine-operations.ts';
import { Machines } from './machines.ts';
import type { Random } from './query/functions.ts';
import type { ServiceAction } from './tasks/action.ts';
import { lambdaInvoke } from './tasks/lambda-invoke.ts';
import { TaskRegistry } from './tasks/registry.ts';
import { type NestedExecutions, startExecutionAction } from './tasks/start-execution.ts';
import { TaskTokens } from './tokens.ts';

export interface StatesOptions {
  /** Runs the functions that Task states name. */
  readonly invoker: LambdaInvoker;
  readonly clock?: Clock;
  /** Gets `Step Functions Execution Status Change` events. */
  readonly bus?: EventBus;
  /** Jitter, weighted aliases and `$random`; `() => 0` makes jittered retries immediate. */
  readonly random?: Random;
  readonly region?: string;
  /** How many ended executions are kept, with their histories; 500 unless told. */
  readonly closedLimit?: number;
  /** Asked before a machine's role does something; anything goes unless given. */
  readonly access?: Access;
  /** Further service integrations, such as `codebuild:startBuild`. */
  readonly actions?: readonly ServiceAction[];
}

/** Step Functions on a laptop: the API's operations as methods, in camelCase, times in milliseconds. */
export type States = ReturnType<typeof createStates>;

/**
 * Makes an engine that runs Standard workflows in JSONata, with the API's operations, errors and idempotency.
 *
 * To run a shipped definition over one path in a test, without HTTP and without waiting:
 *
 *     const clock = new VirtualClock('2026-01-01T00:00:00Z');
 *     const functions = new ScriptedFunctions({ Plan: () => ({ changes: 2 }), Ask: ({ token }) => { … } });
 *     const states = createStates({ invoker: functions, clock, random: () => 0 });
 *     states.createStateMachine({ name: 'm', definition: yamlText, roleArn, alias: 'live',
 *                                 substitutions: { PlanFunctionArn: 'Plan' } });
 *     const { executionArn } = states.startExecution({ stateMachineArn: '…:m:live', input: '{}' });
 *     await clock.runUntil(() => states.describe(executionArn).status !== 'RUNNING');
 *     states.path(executionArn)   // ['Plan', 'Ask', 'Done']
 *
 * A fake function may call `sendTaskSuccess` and the like at once or later; `clock.settle()` lets the engine work
 * without time passing, `clock.advance(ms)` lets timers fire in order.
 */
export function createStates(options: StatesOptions) {
  const { invoker, clock = systemClock, random = Math.random, region = defaultRegion } = options;
  const { access = unrestricted } = options;
  const bus = options.bus ?? { put: () => {} };
  const machines = new Machines({ clock, random, region });
  const tokens = new TaskTokens();
  const nested: NestedExecutions = {
    startExecution: (request) => executionCalls.startExecution(request),
    stopExecution: (request) => executionCalls.stopExecution(request),
    untilClosed: async (arn) => ({ ...(await executionCalls.untilClosed(arn)) }),
  };
  const actions = [
    lambdaInvoke(invoker, region),
    startExecutionAction(nested, region),
    ...(options.actions ?? []),
  ];
  const tasks = new TaskRegistry(invoker, actions);
  const services = { clock, random, region, tasks, tokens, access };
  const executions = new Executions({ machines, services, bus, closedLimit: options.closedLimit ?? 500 });
  const executionCalls = executionOperations({ executions, machines });
  return {
    ...machineOperations({ machines, tasks, clock, access }),
    ...executionCalls,
    sendTaskSuccess: (request: { taskToken: string; output: string }) => tokens.sendTaskSuccess(request),
    sendTaskFailure: (request: { taskToken: string; error?: string; cause?: string }) =>
      tokens.sendTaskFailure(request),
    sendTaskHeartbeat: (request: { taskToken: string }) => tokens.sendTaskHeartbeat(request),
    /** The machine whose task waits, or waited, with this token. */
    machineOfToken: (token: string) => tokens.machineOf(token),
    /** DescribeExecution by ARN alone. */
    describe: (executionArn: string) => executionCalls.describeExecution({ executionArn }),
    /** The whole history, in order. */
    history: (executionArn: string) => executions.get(executionArn).run.history.events,
    /** The names of the states that were entered, in order. */
    path: (executionArn: string): string[] =>
      executions
        .get(executionArn)
        .run.history.events.filter(({ type }) => type.endsWith('StateEntered'))
        .map((event) => String(event.stateEnteredEventDetails?.name)),
    /** Stops all work, leaving executions as they are, so that the process can end. */
    stop: () => executions.abandon(),
  };
}
