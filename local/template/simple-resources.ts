import type {
  BucketModel,
  QueueModel,
  SsmParameterModel,
  SubscriptionModel,
  TableModel,
  TopicModel,
} from './application.ts';
import type { ResourceContext } from './context.ts';
import { isObject, type JsonObject } from './document.ts';
import { type Properties, properties } from './properties.ts';

export function readBucket({ identity, properties: p }: ResourceContext): BucketModel {
  p.refuse('ReplicationConfiguration', 'WebsiteConfiguration', 'ObjectLockConfiguration');
  const notifications = p.object('NotificationConfiguration');
  notifications.refuse('LambdaConfigurations', 'QueueConfigurations', 'TopicConfigurations');
  const rule = p.object('BucketEncryption').list('ServerSideEncryptionConfiguration')[0];
  const encryption = isObject(rule)
    ? properties(rule, p.where).object('ServerSideEncryptionByDefault').text('SSEAlgorithm')
    : undefined;
  return {
    logicalId: identity.logicalId,
    name: identity.name,
    versioning: p.object('VersioningConfiguration').text('Status') === 'Enabled',
    eventBridge: sendsEvents(notifications),
    ...(encryption === undefined ? {} : { encryption }),
  };
}

/** `EventBridgeConfiguration: {}` alone is enough: its one property is true when absent. */
function sendsEvents(notifications: Properties): boolean {
  if (notifications.all.EventBridgeConfiguration === undefined) return false;
  return notifications.object('EventBridgeConfiguration').flag('EventBridgeEnabled') ?? true;
}

export function readTable({ identity, arn, properties: p }: ResourceContext): TableModel {
  p.refuse('KinesisStreamSpecification', 'ImportSourceSpecification');
  const { logicalId, name } = identity;
  return { logicalId, name, arn, properties: { ...p.all, TableName: name } };
}

/** SAM's short form: a table with a hash key only. */
export function readSimpleTable({ identity, arn, properties: p }: ResourceContext): TableModel {
  const key = p.object('PrimaryKey');
  const AttributeName = key.text('Name') ?? 'id';
  const AttributeType = attributeTypes[key.text('Type') ?? 'String'] ?? 'S';
  const full: JsonObject = {
    TableName: identity.name,
    AttributeDefinitions: [{ AttributeName, AttributeType }],
    KeySchema: [{ AttributeName, KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
  return { logicalId: identity.logicalId, name: identity.name, arn, properties: full };
}

const attributeTypes: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' };

export function readTopic({ identity, arn, properties: p }: ResourceContext): TopicModel {
  if (p.flag('FifoTopic')) p.refuse('FifoTopic');
  const displayName = p.text('DisplayName');
  return {
    logicalId: identity.logicalId,
    name: identity.name,
    arn,
    ...(displayName === undefined ? {} : { displayName }),
    subscriptions: p
      .list('Subscription')
      .map((item) => readSubscription(properties(isObject(item) ? item : {}, p.where))),
  };
}

export function readSubscription(p: Properties): SubscriptionModel {
  const filterPolicy = p.object('FilterPolicy').all;
  return {
    protocol: p.requiredText('Protocol'),
    endpoint: p.requiredText('Endpoint'),
    ...(Object.keys(filterPolicy).length === 0 ? {} : { filterPolicy }),
  };
}

export function readSsmParameter({ identity, properties: p }: ResourceContext): SsmParameterModel {
  return {
    logicalId: identity.logicalId,
    name: identity.name,
    type: p.requiredText('Type'),
    value: p.requiredText('Value'),
  };
}

export function readQueue({ identity, arn, properties: p }: ResourceContext): QueueModel {
  if (p.flag('FifoQueue')) p.refuse('FifoQueue');
  return queue(identity.logicalId, identity.name, arn);
}

/** A queue's model; its URL is the canonical one until the cloud has a port. */
export function queue(logicalId: string, name: string, arn: string): QueueModel {
  const [, , , region, account] = arn.split(':');
  return { logicalId, name, arn, url: `https://sqs.${region}.amazonaws.com/${account}/${name}` };
}
