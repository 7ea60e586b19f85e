import { readMachineArn } from './arns.ts';
import { describeExecution, type Execution, type ExecutionStatus } from './execution.ts';
import { describeClosed, type Executions, type StartRequest } from './executions.ts';
import { withoutData } from './history.ts';
import type { Machines } from './machines.ts';
import { type PageRequest, pageOf } from './page.ts';

export interface HistoryRequest extends PageRequest {
  readonly executionArn: string;
  readonly reverseOrder?: boolean;
  readonly includeExecutionData?: boolean;
}

export interface ListRequest extends PageRequest {
  /** A machine's ARN for all its executions, a version's or an alias's for those started through it. */
  readonly stateMachineArn: string;
  readonly statusFilter?: ExecutionStatus;
}

/** The API's operations on executions; times are in milliseconds. */
export function executionOperations({
  executions,
  machines,
}: {
  executions: Executions;
  machines: Machines;
}) {
  return {
    startExecution(request: StartRequest) {
      const { arn, startDate } = executions.start(request);
      return { executionArn: arn, startDate };
    },

    stopExecution({ executionArn, error, cause }: { executionArn: string; error?: string; cause?: string }) {
      const { stopDate, startDate } = executions.stop(executionArn, error, cause);
      return { stopDate: stopDate ?? startDate };
    },

    describeExecution: ({ executionArn }: { executionArn: string }) =>
      describeExecution(executions.get(executionArn)),

    /** DescribeExecution's answer once the execution has ended. Not an API operation. */
    untilClosed: async (executionArn: string) => describeClosed(executions.get(executionArn)),

    listExecutions(request: ListRequest) {
      const { stateMachineArn, statusFilter } = request;
      machines.resolve(stateMachineArn);
      const all = executions.all().filter((execution) => startedBy(execution, stateMachineArn));
      const { items, ...page } = pageOf(
        all.filter(
          ({ ending }) => statusFilter === undefined || (ending?.status ?? 'RUNNING') === statusFilter,
        ),
        ({ sequence }) => -sequence,
        request,
      );
      return { executions: items.map(listItem), ...page };
    },

    getExecutionHistory(request: HistoryRequest) {
      const { executionArn, reverseOrder = false, includeExecutionData = true } = request;
      const { events: inOrder } = executions.get(executionArn).run.history;
      const ordered = reverseOrder ? [...inOrder].reverse() : inOrder;
      const { items, ...page } = pageOf(ordered, ({ id }) => (reverseOrder ? -id : id), request);
      return { events: includeExecutionData ? items : items.map(withoutData), ...page };
    },

    describeStateMachineForExecution({ executionArn }: { executionArn: string }) {
      const { machine, revision } = executions.get(executionArn).resolved;
      return {
        stateMachineArn: machine.arn,
        name: machine.name,
        definition: revision.definitionText,
        roleArn: revision.roleArn,
        updateDate: revision.updateDate,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        tracingConfiguration: { enabled: false },
        ...(revision.revisionId === 'INITIAL' ? {} : { revisionId: revision.revisionId }),
      };
    },
  };
}

function startedBy({ resolved }: Execution, arn: string): boolean {
  const { machineArn, qualifier } = readMachineArn(arn);
  return qualifier === undefined
    ? resolved.machine.arn === machineArn
    : resolved.versionArn === arn || resolved.aliasArn === arn;
}

function listItem(execution: Execution) {
  const answer = describeExecution(execution);
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, redriveCount } = answer;
  const { stateMachineVersionArn, stateMachineAliasArn } = answer;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate,
    ...(stopDate === undefined ? {} : { stopDate }),
    ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
    ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
    redriveCount,
  };
}
