import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { UnreachableError } from '../cli-error.ts';
import type { ClientSettings } from './settings.ts';

/** The outputs of the stack that commands work with. */
export const stackOutputNames = [
  'BundleBucketName',
  'ApprovalsTopicArn',
  'PipelineParameterPrefix',
  'ShowReleaseFunctionName',
  'StartPromotionFunctionName',
  'ReleaseHoldFunctionName',
  'ReleaseStateMachineArn',
  'PromotionStateMachineArn',
  'ApprovalUrl',
] as const;
export type StackOutputs = Readonly<Record<(typeof stackOutputNames)[number], string>>;

/** All outputs of a stack by name. Throws UnreachableError naming the stack and what is wrong with it. */
export async function describeStack(
  settings: ClientSettings,
  stackName: string,
): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient(settings);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    const { name, message } = error as Error;
    throw new UnreachableError(`stack "${stackName}" cannot be described (${name}: ${message})`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

/** The outputs that commands need; throws UnreachableError naming those that the stack does not have. */
export function requiredOutputs(stackName: string, outputs: Readonly<Record<string, string>>): StackOutputs {
  const missing = stackOutputNames.filter((name) => !outputs[name]);
  if (missing.length > 0) {
    throw new UnreachableError(
      `stack "${stackName}" has no output ${missing.join(', ')}: it is not a Tidegate stack, or of another version`,
    );
  }
  return outputs as StackOutputs;
}
