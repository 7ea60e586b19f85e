import { accountId } from '../identity.ts';
import { generatedBucketName, generatedName, suffix } from './names.ts';

/** What a resource's Ref and GetAtt are made from. */
export interface ResourceIdentity {
  readonly logicalId: string;
  readonly stackName: string;
  readonly region: string;
  /** The physical name: as given in the template, or generated. */
  readonly name: string;
}

export interface ResourceType {
  /** The property that names the resource, where there is one. */
  readonly nameProperty?: string;
  readonly generateName?: (stackName: string, logicalId: string) => string;
  /** What `Ref` gives; the name unless said otherwise. */
  readonly ref?: (resource: ResourceIdentity) => string;
  readonly attributes: Readonly<Record<string, (resource: ResourceIdentity) => string>>;
  /** Why the laptop cloud knowingly does nothing for it. */
  readonly ignoredBecause?: string;
}

const arn =
  (service: string, resource: (name: string) => string) =>
  ({ region, name }: ResourceIdentity): string =>
    `arn:aws:${service}:${region}:${accountId}:${resource(name)}`;
const globalArn = (service: string, resource: string) => (r: ResourceIdentity) =>
  `arn:aws:${service}::${accountId}:${resource}/${r.name}`;
const name = (r: ResourceIdentity): string => r.name;
const bare = (n: string): string => n;

const functionArn = arn('lambda', (n) => `function:${n}`);
const machineArn = arn('states', (n) => `stateMachine:${n}`);
const topicArn = arn('sns', bare);
const queueUrl = (r: ResourceIdentity): string =>
  `https://sqs.${r.region}.amazonaws.com/${accountId}/${r.name}`;
const restApiId = (stackName: string, logicalId: string): string =>
  suffix(10, 'rest-api', stackName, logicalId).toLowerCase();
const roleAttributes = {
  Arn: globalArn('iam', 'role'),
  RoleId: (r: ResourceIdentity) => suffix(20, 'role', r.name),
};
const tableArn = arn('dynamodb', (n) => `table/${n}`);

const played: Readonly<Record<string, ResourceType>> = {
  'AWS::Serverless::Function': { nameProperty: 'FunctionName', attributes: { Arn: functionArn } },
  'AWS::Serverless::StateMachine': {
    nameProperty: 'Name',
    ref: machineArn,
    attributes: { Arn: machineArn, Name: name },
  },
  'AWS::Serverless::Api': {
    generateName: restApiId,
    attributes: {
      RestApiId: name,
      RootResourceId: (r) => suffix(10, 'root', r.stackName, r.logicalId).toLowerCase(),
    },
  },
  'AWS::Serverless::SimpleTable': { nameProperty: 'TableName', attributes: { Arn: tableArn } },
  'AWS::DynamoDB::Table': { nameProperty: 'TableName', attributes: { Arn: tableArn } },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    generateName: generatedBucketName,
    attributes: {
      Arn: (r) => `arn:aws:s3:::${r.name}`,
      DomainName: (r) => `${r.name}.s3.amazonaws.com`,
      RegionalDomainName: (r) => `${r.name}.s3.${r.region}.amazonaws.com`,
    },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: topicArn,
    attributes: { TopicArn: topicArn, TopicName: name },
  },
  'AWS::SNS::Subscription': { attributes: {} },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: arn('sqs', bare), QueueName: name, QueueUrl: queueUrl },
  },
  'AWS::SSM::Parameter': { nameProperty: 'Name', attributes: {} },
  'AWS::Events::Rule': { nameProperty: 'Name', attributes: { Arn: arn('events', (n) => `rule/${n}`) } },
  'AWS::IAM::Role': { nameProperty: 'RoleName', attributes: roleAttributes },
  'AWS::IAM::Policy': { attributes: {} },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    ref: globalArn('iam', 'policy'),
    attributes: { PolicyArn: globalArn('iam', 'policy') },
  },
};

const ignored = (ignoredBecause: string, type: Partial<ResourceType> = {}): ResourceType => ({
  attributes: {},
  ...type,
  ignoredBecause,
});
const access = 'the laptop cloud checks identity policies alone, not those of resources';
const observation = 'the laptop cloud writes log files and keeps no metrics';
const keyArn = arn('kms', (n) => `key/${n}`);

const ignoredTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::Lambda::Permission': ignored(access),
  'AWS::S3::BucketPolicy': ignored(access),
  'AWS::SNS::TopicPolicy': ignored(access),
  'AWS::SQS::QueuePolicy': ignored(access),
  'AWS::Events::EventBusPolicy': ignored(access),
  'AWS::EKS::AccessEntry': ignored(access, {
    attributes: { AccessEntryArn: arn('eks', (n) => `access-entry/${n}`) },
  }),
  'AWS::KMS::Key': ignored('the laptop cloud encrypts nothing at rest', {
    attributes: { Arn: keyArn, KeyId: name },
  }),
  'AWS::KMS::Alias': ignored('the laptop cloud encrypts nothing at rest', { nameProperty: 'AliasName' }),
  'AWS::WAFv2::WebACL': ignored('the laptop cloud is reached by its own user only', {
    attributes: { Arn: arn('wafv2', (n) => `regional/webacl/${n}`) },
  }),
  'AWS::WAFv2::WebACLAssociation': ignored('the laptop cloud is reached by its own user only'),
  'AWS::ApiGateway::Account': ignored(observation),
  'AWS::Logs::LogGroup': ignored(observation, {
    nameProperty: 'LogGroupName',
    attributes: { Arn: arn('logs', (n) => `log-group:${n}:*`) },
  }),
  'AWS::Logs::MetricFilter': ignored(observation),
  'AWS::Logs::QueryDefinition': ignored(observation),
  'AWS::Logs::ResourcePolicy': ignored(observation),
  'AWS::CloudWatch::Alarm': ignored(observation, {
    nameProperty: 'AlarmName',
    attributes: { Arn: arn('cloudwatch', (n) => `alarm:${n}`) },
  }),
  'AWS::CloudWatch::CompositeAlarm': ignored(observation, { nameProperty: 'AlarmName' }),
  'AWS::CloudWatch::Dashboard': ignored(observation, { nameProperty: 'DashboardName' }),
  'AWS::XRay::Group': ignored(observation),
};

/** Every resource type the laptop cloud knows: those it plays, and those it ignores knowingly. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = { ...played, ...ignoredTypes };

/** Names a resource that the template leaves unnamed. */
export const defaultName = (type: ResourceType, stackName: string, logicalId: string): string =>
  type.generateName?.(stackName, logicalId) ?? generatedName(stackName, logicalId, 64);
