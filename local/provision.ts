import { Readable } from 'node:stream';
import type { AwsRequest, AwsResponse, AwsService } from './http/service.ts';
import { defaultRegion } from './identity.ts';
import type { SsmParameterModel, TableModel, TopicModel } from './template/application.ts';

/** A service refused what the template asks for. */
export class ProvisioningError extends Error {
  override readonly name = 'ProvisioningError';
  readonly logicalId: string;

  constructor(logicalId: string, operation: string, answer: string) {
    super(`Resource "${logicalId}": ${operation} was refused: ${answer}`);
    this.logicalId = logicalId;
  }
}

/** Properties of a table that have operations of their own beside CreateTable. */
const tableExtras = ['TimeToLiveSpecification', 'PointInTimeRecoverySpecification'] as const;
/** Properties of a table that concern only CloudFormation or say nothing to a table in memory. */
const tableLabels = [
  'Tags',
  'ContributorInsightsSpecification',
  'ResourcePolicy',
  'SSESpecification',
] as const;

/** Creates a table by the service's own API, as CloudFormation does. */
export async function provisionTable(dynamodb: AwsService, table: TableModel): Promise<void> {
  const without: readonly string[] = [...tableExtras, ...tableLabels];
  const creation = Object.entries(table.properties).filter(([name]) => !without.includes(name));
  const call = (operation: string, input: object) =>
    json(dynamodb, table.logicalId, `DynamoDB_20120810.${operation}`, input);
  await call('CreateTable', Object.fromEntries(creation));
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification } = table.properties;
  const TableName = table.name;
  if (TimeToLiveSpecification) await call('UpdateTimeToLive', { TableName, TimeToLiveSpecification });
  if (PointInTimeRecoverySpecification) {
    await call('UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification });
  }
}

export async function provisionParameter(ssm: AwsService, parameter: SsmParameterModel): Promise<void> {
  const input = { Name: parameter.name, Type: parameter.type, Value: parameter.value };
  await json(ssm, parameter.logicalId, 'AmazonSSM.PutParameter', input);
}

/** Creates a topic and its subscriptions. */
export async function provisionTopic(sns: AwsService, topic: TopicModel): Promise<void> {
  await query(sns, topic.logicalId, {
    Action: 'CreateTopic',
    Name: topic.name,
    ...(topic.displayName === undefined
      ? {}
      : { 'Attributes.entry.1.key': 'DisplayName', 'Attributes.entry.1.value': topic.displayName }),
  });
  for (const { protocol, endpoint, filterPolicy } of topic.subscriptions) {
    await query(sns, topic.logicalId, {
      Action: 'Subscribe',
      TopicArn: topic.arn,
      Protocol: protocol,
      Endpoint: endpoint,
      ReturnSubscriptionArn: 'true',
      ...(filterPolicy === undefined
        ? {}
        : {
            'Attributes.entry.1.key': 'FilterPolicy',
            'Attributes.entry.1.value': JSON.stringify(filterPolicy),
          }),
    });
  }
}

async function json(service: AwsService, logicalId: string, target: string, input: object): Promise<void> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  const answer = await service.handle(request(headers, JSON.stringify(input)));
  await refuseFailure(answer, logicalId, target.split('.').at(-1) ?? target);
}

async function query(
  service: AwsService,
  logicalId: string,
  parameters: Record<string, string>,
): Promise<void> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ ...parameters, Version: '2010-03-31' }).toString();
  const answer = await service.handle(request(headers, body));
  await refuseFailure(answer, logicalId, parameters.Action ?? '');
}

function request(headers: Readonly<Record<string, string>>, body: string): AwsRequest {
  return {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers,
    body: Readable.from([Buffer.from(body)]),
    readBody: async () => Buffer.from(body),
    region: defaultRegion,
  };
}

async function refuseFailure(answer: AwsResponse, logicalId: string, operation: string): Promise<void> {
  if (answer.status < 300) return;
  const { body } = answer;
  const text =
    body instanceof Readable ? '' : typeof body === 'string' ? body : Buffer.from(body ?? '').toString();
  throw new ProvisioningError(logicalId, operation, text);
}
