import { isObject, type Json, type JsonObject } from '../template/document.ts';
import { TemplateError } from '../template/template-error.ts';
import { allow, type Statement } from './statement.ts';

const observation: readonly Statement[] = [allow(['logs:*', 'xray:*'], ['*'])];

/**
 * AWS's own policies, by the last part of their ARN: those that SAM adds by itself, which allow nothing that is served
 * here, and the one that allows everything.
 */
const managed: Readonly<Record<string, readonly Statement[]>> = {
  AWSLambdaBasicExecutionRole: observation,
  AWSXRayDaemonWriteAccess: observation,
  AWSXrayWriteOnlyAccess: observation,
  CloudWatchLambdaInsightsExecutionRolePolicy: observation,
  AdministratorAccess: [allow(['*'], ['*'])],
};

/** The statements of a managed policy named by its name or its ARN; undefined for one that is not known. */
export const managedPolicy = (nameOrArn: string): readonly Statement[] | undefined => {
  const name = nameOrArn.split('/').at(-1);
  return Object.hasOwn(managed, name ?? '') ? managed[name ?? ''] : undefined;
};

/** Makes the ARN of a resource in the application's own region and account. */
export type ArnOf = (service: string, resource: string) => string;

interface PolicyTemplate {
  readonly parameter: string;
  readonly statements: (value: string, arn: ArnOf) => readonly Statement[];
}

const onTable =
  (...operations: readonly string[]): PolicyTemplate['statements'] =>
  (name, arn) => [
    allow(
      operations.map((operation) => `dynamodb:${operation}`),
      [arn('dynamodb', `table/${name}`), arn('dynamodb', `table/${name}/index/*`)],
    ),
  ];
const onBucket =
  (...operations: readonly string[]): PolicyTemplate['statements'] =>
  (name) => [
    allow(
      operations.map((operation) => `s3:${operation}`),
      [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
    ),
  ];
const readingBucket = [
  'GetObject',
  'GetObjectVersion',
  'ListBucket',
  'GetBucketLocation',
  'GetLifecycleConfiguration',
];
const readingTable = ['GetItem', 'Scan', 'Query', 'BatchGetItem', 'DescribeTable'];
const on =
  (action: string, service: string, resource: (value: string) => string): PolicyTemplate['statements'] =>
  (value, arn) => [allow([action], [arn(service, resource(value))])];
const readingParameters =
  (resource: (value: string) => string): PolicyTemplate['statements'] =>
  (value, arn) => [
    allow(['ssm:DescribeParameters'], ['*']),
    allow(
      ['ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParametersByPath'],
      [arn('ssm', resource(value))],
    ),
  ];

// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
const policyTemplates: Readonly<Record<string, PolicyTemplate>> = {
  DynamoDBReadPolicy: { parameter: 'TableName', statements: onTable(...readingTable) },
  DynamoDBWritePolicy: {
    parameter: 'TableName',
    statements: onTable('PutItem', 'UpdateItem', 'BatchWriteItem'),
  },
  DynamoDBCrudPolicy: {
    parameter: 'TableName',
    statements: onTable(
      ...readingTable,
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'BatchWriteItem',
      'ConditionCheckItem',
    ),
  },
  S3ReadPolicy: { parameter: 'BucketName', statements: onBucket(...readingBucket) },
  S3WritePolicy: {
    parameter: 'BucketName',
    statements: onBucket('PutObject', 'PutObjectAcl', 'PutLifecycleConfiguration'),
  },
  S3CrudPolicy: {
    parameter: 'BucketName',
    statements: onBucket(
      ...readingBucket,
      'PutObject',
      'PutObjectAcl',
      'PutLifecycleConfiguration',
      'DeleteObject',
    ),
  },
  LambdaInvokePolicy: {
    parameter: 'FunctionName',
    statements: on('lambda:InvokeFunction', 'lambda', (name) => `function:${name}*`),
  },
  StepFunctionsExecutionPolicy: {
    parameter: 'StateMachineName',
    statements: on('states:StartExecution', 'states', (name) => `stateMachine:${name}`),
  },
  SNSPublishMessagePolicy: { parameter: 'TopicName', statements: on('sns:Publish', 'sns', (name) => name) },
  SQSSendMessagePolicy: { parameter: 'QueueName', statements: on('sqs:SendMessage*', 'sqs', (name) => name) },
  EventBridgePutEventsPolicy: {
    parameter: 'EventBusName',
    statements: on('events:PutEvents', 'events', (name) => `event-bus/${name}`),
  },
  SSMParameterReadPolicy: {
    parameter: 'ParameterName',
    statements: readingParameters((name) => `parameter/${name}`),
  },
  SSMParameterWithSlashPrefixReadPolicy: {
    parameter: 'ParameterName',
    statements: readingParameters((name) => `parameter${name}`),
  },
};

/** The statements of a SAM policy template such as `{DynamoDBReadPolicy: {TableName: …}}`. Throws `TemplateError` for one that is not known. */
export function policyTemplate(written: JsonObject, arn: ArnOf, where: string): readonly Statement[] {
  return Object.entries(written).flatMap(([name, parameters]) => {
    const template = Object.hasOwn(policyTemplates, name) ? policyTemplates[name] : undefined;
    if (!template)
      throw new TemplateError(where, `the policy template "${name}" is not known to the laptop cloud`);
    const value: Json | undefined = isObject(parameters) ? parameters[template.parameter] : undefined;
    if (typeof value !== 'string')
      throw new TemplateError(`${where}.${name}`, `has no "${template.parameter}"`);
    return template.statements(value, arn);
  });
}
