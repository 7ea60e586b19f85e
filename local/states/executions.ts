import { randomUUID } from 'node:crypto';
import type { EventBus } from '../events/bus.ts';
import { refuse } from './api-error.ts';
import { checkExecutionArn, checkName, executionArn } from './arns.ts';
import { describeExecution, type Execution, type ExecutionAnswer } from './execution.ts';
import type { Json } from './json.ts';
import { limits } from './limits.ts';
import type { Resolved } from './machine.ts';
import type { Machines } from './machines.ts';
import { type Ending, Run } from './run/run.ts';
import type { RunServices } from './run/services.ts';
import { putStatusEvent } from './status-event.ts';
import { checkErrorAndCause } from './tokens.ts';

export interface StartRequest {
  readonly stateMachineArn: string;
  readonly name?: string;
  /** JSON text; `{}` when absent. */
  readonly input?: string;
}

export interface ExecutionsOptions {
  readonly machines: Machines;
  readonly services: RunServices;
  readonly bus: EventBus;
  /** How many ended executions are kept, with their histories. */
  readonly closedLimit: number;
}

/** The executions, running and ended. */
export class Executions {
  readonly #options: ExecutionsOptions;
  readonly #executions = new Map<string, Execution>();
  readonly #closed: string[] = [];
  #sequence = 0;

  constructor(options: ExecutionsOptions) {
    this.#options = options;
  }

  /** Newest first. */
  all(): Execution[] {
    return [...this.#executions.values()].reverse();
  }

  /** Throws `InvalidArn`, `ExecutionDoesNotExist`. */
  get(arn: string): Execution {
    checkExecutionArn(arn);
    const execution = this.#executions.get(arn);
    if (!execution) throw refuse.executionMissing(arn);
    return execution;
  }

  /**
   * StartExecution. The same name with the same input answers the same while that execution runs; afterwards, or with
   * another input, `ExecutionAlreadyExists`. Throws also `InvalidArn`, `InvalidName`, `InvalidExecutionInput`,
   * `StateMachineDoesNotExist`.
   */
  start({ stateMachineArn, name = randomUUID(), input = '{}' }: StartRequest): Execution {
    const resolved = this.#options.machines.resolve(stateMachineArn);
    checkName(name);
    const value = readInput(input);
    const arn = executionArn(resolved.machine.arn, name);
    const existing = this.#executions.get(arn);
    if (existing) {
      if (existing.ending === undefined && existing.input === input) return existing;
      throw refuse.executionExists(arn);
    }
    return this.#begin({ arn, name, input }, value, resolved);
  }

  /** StopExecution; one that has ended stays as it is. Throws `InvalidArn`, `ExecutionDoesNotExist`, `ValidationException`. */
  stop(arn: string, error?: string, cause?: string): Execution {
    const execution = this.get(arn);
    checkErrorAndCause(error, cause);
    execution.run.stop(error, cause);
    return execution;
  }

  /** Stops all work without ending anything: for the shutdown of the process. */
  abandon(): void {
    for (const { run } of this.#executions.values()) run.abandon();
  }

  #begin(identity: Pick<Execution, 'arn' | 'name' | 'input'>, value: Json, resolved: Resolved): Execution {
    const { services, bus } = this.#options;
    const startDate = services.clock.now();
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const run = new Run({
      definition: resolved.revision.definition,
      input: value,
      services,
      context: contextOf(identity, value, resolved, startDate),
      started: startedDetails(identity.input, resolved),
      onEnd: (ending) => {
        this.#end(execution, ending);
        close();
      },
    });
    const execution: Execution = {
      ...identity,
      sequence: ++this.#sequence,
      resolved,
      startDate,
      run,
      closed,
    };
    this.#executions.set(execution.arn, execution);
    putStatusEvent(bus, describeExecution(execution));
    void run.start();
    return execution;
  }

  #end(execution: Execution, ending: Ending): void {
    execution.ending = ending;
    execution.stopDate = this.#options.services.clock.now();
    this.#closed.push(execution.arn);
    const tooMany = this.#closed.length - this.#options.closedLimit;
    for (const arn of this.#closed.splice(0, Math.max(0, tooMany))) this.#executions.delete(arn);
    putStatusEvent(this.#options.bus, describeExecution(execution));
  }
}

function readInput(input: string): Json {
  if (Buffer.byteLength(input) > limits.payloadBytes) {
    throw refuse.validation('input', `Member must have length less than or equal to ${limits.payloadBytes}`);
  }
  try {
    return JSON.parse(input) as Json;
  } catch (error) {
    throw refuse.invalidInput((error as Error).message);
  }
}

function contextOf(
  { arn, name }: Pick<Execution, 'arn' | 'name'>,
  input: Json,
  { machine, revision }: Resolved,
  startDate: number,
) {
  return {
    Execution: {
      Id: arn,
      Input: input,
      Name: name,
      RedriveCount: 0,
      RoleArn: revision.roleArn,
      StartTime: new Date(startDate).toISOString(),
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
}

function startedDetails(
  input: string,
  { revision, versionArn, aliasArn }: Resolved,
): Record<string, unknown> {
  return {
    input,
    inputDetails: { truncated: false },
    roleArn: revision.roleArn,
    ...(aliasArn === undefined ? {} : { stateMachineAliasArn: aliasArn }),
    ...(versionArn === undefined ? {} : { stateMachineVersionArn: versionArn }),
  };
}

/** `describeExecution` of an execution once it has ended. */
export async function describeClosed(execution: Execution): Promise<ExecutionAnswer> {
  await execution.closed;
  return describeExecution(execution);
}
