import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Target } from '../target/target.ts';

/** Stops an execution. One that has ended already stays as it ended. */
export async function stopExecution(
  { settings }: Target,
  executionArn: string,
  cause: string,
): Promise<void> {
  const client = new SFNClient(settings);
  try {
    await client.send(new StopExecutionCommand({ executionArn, error: 'StoppedByHand', cause }));
  } finally {
    client.destroy();
  }
}
