import { arnIn, byJsonOperation, type Input, type JsonNeeds, text, type World } from '../call.ts';
import type { Need } from '../evaluate.ts';
import { partitionValueOfQuery } from './dynamodb-query.ts';

type AttributeValue = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, AttributeValue | undefined>>;

const tableName = (nameOrArn: unknown): string => text(nameOrArn).replace(/^arn:.*:table\//, '');

/** An attribute value as a condition compares it. */
const plain = (value: AttributeValue | undefined): readonly string[] =>
  value === undefined ? [] : [String(Object.values(value)[0])];

function leadingKeys(items: readonly unknown[], table: string, world: World): readonly string[] {
  const name = world.partitionKey(table);
  if (name === undefined) return [];
  return items.flatMap((item) => plain((item as Item | undefined)?.[name]));
}

function onItems(
  action: string,
  table: unknown,
  items: readonly unknown[],
  world: World,
  enclosing?: string,
): Need {
  const name = tableName(table);
  return {
    action: `dynamodb:${action}`,
    resource: arnIn(world)('dynamodb', `table/${name}`),
    context: {
      'dynamodb:leadingkeys': leadingKeys(items, name, world),
      'dynamodb:enclosingoperation': enclosing,
    },
  };
}

const onTable =
  (action: string): JsonNeeds =>
  ({ TableName }, world) => [onItems(action, TableName, [], world)];

const byKey =
  (action: string): JsonNeeds =>
  ({ TableName, Key }, world) => [onItems(action, TableName, [Key], world)];

/** A read of an index is a permission of the index. */
const ofIndex = (need: Need, { IndexName }: Input): Need =>
  typeof IndexName === 'string' ? { ...need, resource: `${need.resource}/index/${IndexName}` } : need;

const query: JsonNeeds = (input, world) => {
  const table = tableName(input.TableName);
  const name = world.partitionKey(table, typeof input.IndexName === 'string' ? input.IndexName : undefined);
  const value = name === undefined ? undefined : partitionValueOfQuery(input, name);
  const need = ofIndex(onItems('Query', table, [], world), input);
  return [{ ...need, context: { 'dynamodb:leadingkeys': plain(value) } }];
};

type Requests = Readonly<Record<string, unknown>>;
const batch = (input: Input): [table: string, request: unknown][] =>
  Object.entries((input.RequestItems ?? {}) as Requests);

/** A transaction's member, the permission it needs, and where its key is. */
const members: readonly (readonly [member: string, action: string, key: 'Key' | 'Item'])[] = [
  ['Put', 'PutItem', 'Item'],
  ['Update', 'UpdateItem', 'Key'],
  ['Delete', 'DeleteItem', 'Key'],
  ['ConditionCheck', 'ConditionCheckItem', 'Key'],
  ['Get', 'GetItem', 'Key'],
];

const transaction =
  (enclosing: string): JsonNeeds =>
  ({ TransactItems }, world) =>
    (Array.isArray(TransactItems) ? (TransactItems as readonly Input[]) : []).flatMap((item) =>
      members.flatMap(([member, action, key]) => {
        const part = item[member] as Input | undefined;
        return part ? [onItems(action, part.TableName, [part[key]], world, enclosing)] : [];
      }),
    );

const byResource =
  (action: string): JsonNeeds =>
  ({ ResourceArn }) => [{ action: `dynamodb:${action}`, resource: text(ResourceArn) }];

const tableOperations = [
  'CreateTable',
  'DeleteTable',
  'DescribeContinuousBackups',
  'DescribeTable',
  'DescribeTimeToLive',
  'UpdateContinuousBackups',
  'UpdateTable',
  'UpdateTimeToLive',
];

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
export const dynamodbNeeds = byJsonOperation({
  GetItem: byKey('GetItem'),
  UpdateItem: byKey('UpdateItem'),
  DeleteItem: byKey('DeleteItem'),
  PutItem: ({ TableName, Item }, world) => [onItems('PutItem', TableName, [Item], world)],
  Query: query,
  Scan: (input, world) => [ofIndex(onItems('Scan', input.TableName, [], world), input)],
  BatchGetItem: (input, world) =>
    batch(input).map(([table, request]) =>
      onItems('BatchGetItem', table, ((request as Input).Keys ?? []) as readonly unknown[], world),
    ),
  BatchWriteItem: (input, world) =>
    batch(input).map(([table, requests]) => {
      const items = (requests as readonly { PutRequest?: Input; DeleteRequest?: Input }[]).map(
        ({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key,
      );
      return onItems('BatchWriteItem', table, items, world);
    }),
  TransactWriteItems: transaction('TransactWriteItems'),
  TransactGetItems: transaction('TransactGetItems'),
  ListTables: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  ListTagsOfResource: byResource('ListTagsOfResource'),
  TagResource: byResource('TagResource'),
  UntagResource: byResource('UntagResource'),
  ...Object.fromEntries(tableOperations.map((operation) => [operation, onTable(operation)])),
});
