import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { unlessThrottled } from '#adapters/aws/throttling.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import { promotionExecutionName } from '#domain/promotion.ts';
import { releaseExecutionName } from '#domain/release.ts';
import type { Executions } from '#ports/executions.ts';

/** ARNs of the machines, each with or without an alias at its end. */
export interface ExecutionsSettings {
  readonly releaseStateMachine: string;
  readonly promotionStateMachine: string;
}

/** `arn:…:stateMachine:<machine>[:<alias>]` and a name make `arn:…:execution:<machine>:<name>`. */
export function executionArn(stateMachineArn: string, name: string): string {
  const [arn, partition, service, region, account, , machine] = stateMachineArn.split(':');
  return [arn, partition, service, region, account, 'execution', machine, name].join(':');
}

/** Starts the state machines. One that exists already, running or ended, counts as started. */
export function createExecutions(
  sfn: SFNClient,
  { releaseStateMachine, promotionStateMachine }: ExecutionsSettings,
): Executions {
  async function start(stateMachineArn: string, name: string, input: unknown): Promise<string> {
    // Canonical: the same name is the same start only with the same input, byte for byte.
    const request = new StartExecutionCommand({ stateMachineArn, name, input: canonicalJson(input) });
    try {
      const started = await unlessThrottled('states', () => sfn.send(request));
      return started.executionArn ?? executionArn(stateMachineArn, name);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
      return executionArn(stateMachineArn, name);
    }
  }

  return {
    startRelease: (input) => start(releaseStateMachine, releaseExecutionName(input), input),
    startPromotion: (input) => start(promotionStateMachine, promotionExecutionName(input), input),
  };
}
