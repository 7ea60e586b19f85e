import { AwsError } from '../http/protocol/aws-error.ts';
import { type QueryOperation, serveQuery } from '../http/protocol/query-protocol.ts';
import type { AwsService } from '../http/service.ts';
import type { Application, StackResource } from '../template/application.ts';

export interface CloudFormationOptions {
  readonly application: Application;
  readonly createdAt: Date;
}

/** CloudFormation's read side for the one stack there is, so that its outputs are found as on AWS. */
export function createCloudFormation({ application, createdAt }: CloudFormationOptions): AwsService {
  const timestamp = createdAt.toISOString();
  const requireStack = (name: string | null): void => {
    if (name === application.stackName || name === application.stackId) return;
    throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
  };
  const requireResource = (logicalId: string | null): StackResource => {
    const resource = application.resources.find((candidate) => candidate.logicalId === logicalId);
    if (resource) return resource;
    throw new AwsError(
      'ValidationError',
      `Resource ${logicalId} does not exist for stack ${application.stackName}`,
    );
  };
  const operations: Readonly<Record<string, QueryOperation>> = {
    DescribeStacks: (parameters) => {
      // Without a name, all stacks are described.
      if (parameters.has('StackName')) requireStack(parameters.get('StackName'));
      return { Stacks: { member: [describeStack(application, timestamp)] } };
    },
    DescribeStackResources: (parameters) => {
      requireStack(parameters.get('StackName'));
      const wanted = parameters.get('LogicalResourceId');
      const resources = wanted === null ? application.resources : [requireResource(wanted)];
      return {
        StackResources: {
          member: resources.map((resource) => describeResource(resource, application, timestamp)),
        },
      };
    },
    DescribeStackResource: (parameters) => {
      requireStack(parameters.get('StackName'));
      const resource = requireResource(parameters.get('LogicalResourceId'));
      const { Timestamp, ...members } = describeResource(resource, application, timestamp);
      return { StackResourceDetail: { ...members, LastUpdatedTimestamp: Timestamp } };
    },
    ListStackResources: (parameters) => {
      requireStack(parameters.get('StackName'));
      const member = application.resources.map((resource) => ({
        ...identify(resource),
        LastUpdatedTimestamp: timestamp,
      }));
      return { StackResourceSummaries: { member } };
    },
  };
  return {
    signingName: 'cloudformation',
    handle: (request) =>
      serveQuery(
        {
          service: 'cloudformation',
          namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
          operations,
        },
        request,
      ),
  };
}

const describeStack = (application: Application, timestamp: string) => ({
  StackName: application.stackName,
  StackId: application.stackId,
  Description: application.description,
  CreationTime: timestamp,
  LastUpdatedTimestamp: timestamp,
  StackStatus: 'CREATE_COMPLETE',
  DisableRollback: false,
  Capabilities: { member: ['CAPABILITY_IAM'] },
  Parameters: {
    member: Object.entries(application.parameters).map(([ParameterKey, value]) => ({
      ParameterKey,
      ParameterValue: Array.isArray(value) ? value.join(',') : String(value),
    })),
  },
  Outputs: {
    member: application.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
  },
});

const identify = (resource: StackResource) => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId,
  ResourceType: resource.type,
  ResourceStatus: 'CREATE_COMPLETE',
});

const describeResource = (resource: StackResource, application: Application, timestamp: string) => ({
  ...identify(resource),
  StackName: application.stackName,
  StackId: application.stackId,
  Timestamp: timestamp,
});
