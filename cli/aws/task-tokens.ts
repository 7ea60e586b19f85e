import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Target } from '../target/target.ts';

/** A task token of a wait that is over: real, and good for nothing. Undefined when the execution never waited for one. */
export async function spentTaskToken(
  { settings }: Target,
  executionArn: string,
): Promise<string | undefined> {
  const client = new SFNClient(settings);
  try {
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new GetExecutionHistoryCommand({ executionArn, ...(nextToken === undefined ? {} : { nextToken }) }),
      );
      for (const { taskScheduledEventDetails } of page.events ?? []) {
        const parameters = JSON.parse(taskScheduledEventDetails?.parameters ?? '{}') as {
          Payload?: { taskToken?: string };
        };
        if (parameters.Payload?.taskToken !== undefined) return parameters.Payload.taskToken;
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return undefined;
  } finally {
    client.destroy();
  }
}
