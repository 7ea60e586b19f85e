import {
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { TaskTokens } from '#ports/task-tokens.ts';
import { unlessThrottled } from './throttling.ts';

/** Wakes states through Step Functions. A task that was answered already answers TaskTimedOut, as one that timed out. */
export function createTaskTokens(client: SFNClient): TaskTokens {
  return {
    async succeed(taskToken, result) {
      const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(result) });
      try {
        await unlessThrottled('Step Functions', () => client.send(command));
        return 'delivered';
      } catch (error) {
        if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist) return 'gone';
        // Without the cause: no message about a token may quote it.
        if (error instanceof InvalidToken)
          throw new Error('Task token of the ledger is malformed to Step Functions');
        throw error;
      }
    },
  };
}
