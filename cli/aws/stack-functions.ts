import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { UsageError } from '../cli-error.ts';
import type { Target } from '../target/target.ts';

/** A function's name by its logical id in the template, with or without the ending `Function`. */
export async function functionNameOf({ settings, stackName }: Target, logicalId: string): Promise<string> {
  const id = logicalId.endsWith('Function') ? logicalId : `${logicalId}Function`;
  const client = new CloudFormationClient(settings);
  try {
    const { StackResourceDetail } = await client.send(
      new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId: id }),
    );
    const { PhysicalResourceId, ResourceType } = StackResourceDetail ?? {};
    if (PhysicalResourceId !== undefined && ResourceType === 'AWS::Lambda::Function')
      return PhysicalResourceId;
    throw new UsageError(`"${id}" is no function of the template: it is ${ResourceType}`);
  } catch (error) {
    if ((error as Error).name !== 'ValidationError') throw error;
    throw new UsageError(`the template has no function "${id}"`, { cause: error });
  } finally {
    client.destroy();
  }
}
