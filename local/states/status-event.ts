import type { EventBus } from '../events/bus.ts';
import type { ExecutionAnswer } from './execution.ts';

// Developer guide, "Automating Step Functions event delivery with EventBridge": beyond this the data is left out.
const mostBytes = 248 * 1024;

const escapedBytes = (text: string | undefined) =>
  text === undefined ? 0 : Buffer.byteLength(JSON.stringify(text));

/** Puts the `Step Functions Execution Status Change` event of an execution that has just started or ended. */
export function putStatusEvent(bus: EventBus, answer: ExecutionAnswer): void {
  const { input, output } = answer;
  const outputIncluded = escapedBytes(output) <= mostBytes;
  const inputIncluded = escapedBytes(input) + escapedBytes(output) <= mostBytes;
  bus.put({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [answer.executionArn],
    detail: {
      executionArn: answer.executionArn,
      stateMachineArn: answer.stateMachineArn,
      name: answer.name,
      status: answer.status,
      startDate: answer.startDate,
      stopDate: answer.stopDate ?? null,
      input: inputIncluded ? input : null,
      output: outputIncluded ? (output ?? null) : null,
      stateMachineVersionArn: answer.stateMachineVersionArn ?? null,
      stateMachineAliasArn: answer.stateMachineAliasArn ?? null,
      redriveCount: answer.redriveCount,
      redriveDate: null,
      redriveStatus: answer.redriveStatus,
      redriveStatusReason: answer.redriveStatusReason ?? null,
      inputDetails: { included: inputIncluded },
      outputDetails: output === undefined ? null : { included: outputIncluded },
      error: answer.error ?? null,
      cause: answer.cause ?? null,
    },
  });
}
