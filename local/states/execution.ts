import type { Resolved } from './machine.ts';
import type { Ending, Run } from './run/run.ts';

export type ExecutionStatus = 'RUNNING' | Ending['status'];

/** DescribeExecution's answer, times in milliseconds since the epoch. */
export interface ExecutionAnswer {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: number;
  readonly stopDate?: number;
  readonly input: string;
  readonly inputDetails: { readonly included: true };
  readonly output?: string;
  readonly outputDetails?: { readonly included: true };
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: 0;
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  readonly redriveStatusReason?: string;
}

/** An execution as the engine keeps it. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  /** Grows with each start; lists are ordered by it. */
  readonly sequence: number;
  readonly resolved: Resolved;
  readonly input: string;
  readonly startDate: number;
  readonly run: Run;
  /** Resolves when the execution has ended. */
  readonly closed: Promise<void>;
  stopDate?: number;
  ending?: Ending;
}

/** The answer that describes an execution as it is now. */
export function describeExecution(execution: Execution): ExecutionAnswer {
  const { arn, name, resolved, input, startDate, stopDate, ending } = execution;
  const status = ending?.status ?? 'RUNNING';
  const ended = ending && 'error' in ending ? ending : undefined;
  return {
    executionArn: arn,
    stateMachineArn: resolved.machine.arn,
    name,
    status,
    startDate,
    ...(stopDate === undefined ? {} : { stopDate }),
    input,
    inputDetails: { included: true },
    ...(ending?.status === 'SUCCEEDED'
      ? { output: ending.output, outputDetails: { included: true } as const }
      : {}),
    ...(resolved.versionArn === undefined ? {} : { stateMachineVersionArn: resolved.versionArn }),
    ...(resolved.aliasArn === undefined ? {} : { stateMachineAliasArn: resolved.aliasArn }),
    ...(ended?.error === undefined ? {} : { error: ended.error }),
    ...(ended?.cause === undefined ? {} : { cause: ended.cause }),
    redriveCount: 0,
    ...(status === 'RUNNING' || status === 'SUCCEEDED'
      ? {
          redriveStatus: 'NOT_REDRIVABLE' as const,
          redriveStatusReason: `Execution is ${status} and cannot be redriven`,
        }
      : { redriveStatus: 'REDRIVABLE' as const }),
  };
}
