import * as ddb from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDb } from '../../../local/dynamodb/create-dynamodb.ts';
import { clientOptions, errorOf, type Loopback, serveOnLoopback } from '../s3/loopback.ts';

let server: Loopback;
let client: ddb.DynamoDBClient;
let TableName: string;
let count = 0;
let nowMs = Date.UTC(2026, 0, 1);

const S = (value: string) => ({ S: value });
const N = (value: number) => ({ N: String(value) });
const key = (sk: string) => ({ pk: S('p'), sk: S(sk) });
const put = (sk: string, more: Record<string, ddb.AttributeValue> = {}) =>
  client.send(new ddb.PutItemCommand({ TableName, Item: { ...key(sk), ...more } }));
const get = async (sk: string) =>
  (await client.send(new ddb.GetItemCommand({ TableName, Key: key(sk), ConsistentRead: true }))).Item;
const transact = (TransactItems: ddb.TransactWriteItem[], ClientRequestToken?: string) =>
  client.send(new ddb.TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
const putMember = (
  sk: string,
  more: Record<string, ddb.AttributeValue> = {},
  condition: Partial<ddb.Put> = {},
) => ({
  Put: { TableName, Item: { ...key(sk), ...more }, ...condition },
});
const isNew = {
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

beforeAll(async () => {
  server = await serveOnLoopback(
    createDynamoDb({ clock: { now: () => nowMs, after: () => () => undefined } }),
  );
  client = new ddb.DynamoDBClient(clientOptions(server.endpoint));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(async () => {
  TableName = `table-${++count}`;
  await client.send(
    new ddb.CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-gsi',
          KeySchema: [{ AttributeName: 'gsi', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      DeletionProtectionEnabled: true,
      SSESpecification: { Enabled: true },
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  );
});

describe('tables', () => {
  it('are usable at once, on demand, protected and encrypted', async () => {
    const { Table } = await client.send(new ddb.DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      DeletionProtectionEnabled: true,
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' },
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`,
    });
    const refused = await errorOf(client.send(new ddb.DeleteTableCommand({ TableName })));
    expect([refused.name, refused.message]).toEqual([
      'ValidationException',
      expect.stringContaining('protected'),
    ]);
    await client.send(new ddb.UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await client.send(new ddb.DeleteTableCommand({ TableName }));
    expect((await errorOf(client.send(new ddb.DescribeTableCommand({ TableName })))).name).toBe(
      'ResourceNotFoundException',
    );
  });

  it('keep tags', async () => {
    const ResourceArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
    expect((await client.send(new ddb.ListTagsOfResourceCommand({ ResourceArn }))).Tags).toEqual([
      { Key: 'team', Value: 'blue' },
    ]);
  });

  it('keep TTL and point-in-time recovery', async () => {
    const ttl = { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } };
    expect(
      (await client.send(new ddb.DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription,
    ).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await client.send(new ddb.UpdateTimeToLiveCommand(ttl));
    expect((await errorOf(client.send(new ddb.UpdateTimeToLiveCommand(ttl)))).message).toContain(
      'already enabled',
    );
    expect(
      (await client.send(new ddb.DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription,
    ).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    await client.send(
      new ddb.UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    const { ContinuousBackupsDescription } = await client.send(
      new ddb.DescribeContinuousBackupsCommand({ TableName }),
    );
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
      PointInTimeRecoveryStatus: 'ENABLED',
      EarliestRestorableDateTime: new Date(nowMs),
    });
  });

  it('answer 501 with its name for an unknown operation, and refuse streams', async () => {
    const unknown = await errorOf(client.send(new ddb.ExecuteStatementCommand({ Statement: 'SELECT' })));
    expect([unknown.name, unknown.message]).toEqual([
      'NotImplemented',
      expect.stringContaining('ExecuteStatement'),
    ]);
    const streaming = client.send(
      new ddb.UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: true } }),
    );
    expect((await errorOf(streaming)).name).toBe('NotImplemented');
  });
});

describe('single items', () => {
  it('pass every kind of value unharmed', async () => {
    const item = {
      s: S('ü'),
      empty: S(''),
      n: N(1.5),
      b: { B: new Uint8Array([0, 255]) },
      t: { BOOL: false },
      z: { NULL: true as const },
      m: { M: { a: { L: [N(1), S('x')] } } },
      ss: { SS: ['a', 'b'] },
      ns: { NS: ['1', '2'] },
    };
    await put('all', item);
    expect(await get('all')).toEqual({ ...key('all'), ...item });
    expect(await get('absent')).toBeUndefined();
  });

  it('take updates of every kind', async () => {
    await put('u', {
      count: N(1),
      list: { L: [S('a')] },
      tags: { SS: ['x', 'y'] },
      gone: S('g'),
      map: { M: {} },
    });
    const { Attributes } = await client.send(
      new ddb.UpdateItemCommand({
        TableName,
        Key: key('u'),
        UpdateExpression:
          'SET #l = list_append(#l, :l), opened = if_not_exists(opened, :f), added = #c + :one, #m.nested = :f REMOVE gone ADD #c :one DELETE tags :x',
        ConditionExpression:
          'attribute_exists(pk) AND (#c BETWEEN :one AND :ten) AND NOT contains(tags, :f) AND size(#l) = :one AND begins_with(gone, :g) AND #c IN (:one, :ten)',
        ExpressionAttributeNames: { '#l': 'list', '#c': 'count', '#m': 'map' },
        ExpressionAttributeValues: {
          ':l': { L: [S('b')] },
          ':f': S('f'),
          ':one': N(1),
          ':ten': N(10),
          ':x': { SS: ['x'] },
          ':g': S('g'),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({
      ...key('u'),
      list: { L: [S('a'), S('b')] },
      opened: S('f'),
      added: N(2),
      count: N(2),
      tags: { SS: ['y'] },
      map: { M: { nested: S('f') } },
    });
  });

  it('are queried by key, range, index, filter and page', async () => {
    for (let n = 0; n < 5; n++) await put(`e#${n}`, { n: N(n), ...(n % 2 ? { gsi: S('odd') } : {}) });
    await put('f#0');
    const seen: string[] = [];
    const input = {
      TableName,
      KeyConditionExpression: 'pk = :p AND begins_with(sk, :e)',
      ExpressionAttributeValues: { ':p': S('p'), ':e': S('e#') },
      ScanIndexForward: false,
    };
    for await (const page of ddb.paginateQuery({ client, pageSize: 2 }, input)) {
      seen.push(...(page.Items ?? []).map(({ sk }) => sk?.S ?? ''));
    }
    expect(seen).toEqual(['e#4', 'e#3', 'e#2', 'e#1', 'e#0']);
    const odd = await client.send(
      new ddb.QueryCommand({
        TableName,
        IndexName: 'by-gsi',
        KeyConditionExpression: 'gsi = :o',
        FilterExpression: 'n > :one',
        ProjectionExpression: 'sk',
        ExpressionAttributeValues: { ':o': S('odd'), ':one': N(1) },
      }),
    );
    expect(odd.Items).toEqual([{ sk: S('e#3') }]);
    expect((await client.send(new ddb.ScanCommand({ TableName, Select: 'COUNT' }))).Count).toBe(6);
  });

  it('tell what a refused write met', async () => {
    await put('held', { owner: S('me') });
    const refused = (await errorOf(
      client.send(new ddb.PutItemCommand({ TableName, Item: key('held'), ...isNew })),
    )) as unknown as ddb.ConditionalCheckFailedException;
    expect([refused.name, refused.Item]).toEqual([
      'ConditionalCheckFailedException',
      { ...key('held'), owner: S('me') },
    ]);
    const silent = (await errorOf(
      client.send(
        new ddb.DeleteItemCommand({
          TableName,
          Key: key('held'),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    )) as unknown as ddb.ConditionalCheckFailedException;
    expect([silent.name, silent.Item]).toEqual(['ConditionalCheckFailedException', undefined]);
  });

  it('refuse bad expressions and unknown tables by AWS names', async () => {
    const bad = client.send(new ddb.UpdateItemCommand({ TableName, Key: key('x'), UpdateExpression: 'SET' }));
    expect((await errorOf(bad)).name).toBe('ValidationException');
    TableName = 'absent-table';
    expect((await errorOf(put('x'))).name).toBe('ResourceNotFoundException');
  });
});

describe('transactions', () => {
  it('write everything', async () => {
    await put('old');
    await put('counter', { n: N(1) });
    await put('guard', { ok: { BOOL: true } });
    await transact([
      putMember('new', { v: S('1') }, isNew),
      {
        Update: {
          TableName,
          Key: key('counter'),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': N(1) },
        },
      },
      { Delete: { TableName, Key: key('old') } },
      {
        ConditionCheck: {
          TableName,
          Key: key('guard'),
          ConditionExpression: 'ok = :t',
          ExpressionAttributeValues: { ':t': { BOOL: true } },
        },
      },
    ]);
    expect([await get('new'), await get('counter'), await get('old'), await get('guard')]).toEqual([
      { ...key('new'), v: S('1') },
      { ...key('counter'), n: N(2) },
      undefined,
      { ...key('guard'), ok: { BOOL: true } },
    ]);
  });

  it('write nothing when one condition fails, and say which and why', async () => {
    await put('taken', { v: S('here') });
    const error = (await errorOf(
      transact([putMember('a'), putMember('taken', {}, isNew), putMember('b', {}, isNew)]),
    )) as unknown as ddb.TransactionCanceledException;
    expect(error.name).toBe('TransactionCanceledException');
    expect(error.message).toContain('[None, ConditionalCheckFailed, None]');
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...key('taken'), v: S('here') },
      },
      { Code: 'None' },
    ]);
    expect([await get('a'), await get('b')]).toEqual([undefined, undefined]);
  });

  it('take back what they wrote when a later update does not fit its item', async () => {
    await put('text', { n: S('not a number') });
    await put('before', { v: S('1'), gsi: S('g') });
    const error = (await errorOf(
      transact([
        putMember('fresh'),
        putMember('before', { v: S('2') }),
        {
          Update: {
            TableName,
            Key: key('text'),
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': N(1) },
          },
        },
      ]),
    )) as unknown as ddb.TransactionCanceledException;
    expect(error.CancellationReasons?.map(({ Code }) => Code)).toEqual(['None', 'None', 'ValidationError']);
    expect([await get('fresh'), await get('before')]).toEqual([
      undefined,
      { ...key('before'), v: S('1'), gsi: S('g') },
    ]);
    const indexed = await client.send(
      new ddb.QueryCommand({
        TableName,
        IndexName: 'by-gsi',
        KeyConditionExpression: 'gsi = :g',
        ExpressionAttributeValues: { ':g': S('g') },
      }),
    );
    expect(indexed.Count).toBe(1);
  });

  it('are done once per token for ten minutes', async () => {
    const add = (by: number) => ({
      Update: {
        TableName,
        Key: key('c'),
        UpdateExpression: 'ADD n :n',
        ExpressionAttributeValues: { ':n': N(by) },
      },
    });
    await Promise.all([transact([add(1)], 'token'), transact([add(1)], 'token')]);
    expect((await get('c'))?.n).toEqual(N(1));
    expect((await errorOf(transact([add(2)], 'token'))).name).toBe('IdempotentParameterMismatchException');
    nowMs += 10 * 60 * 1000;
    await transact([add(2)], 'token');
    expect((await get('c'))?.n).toEqual(N(3));
  });

  it('refuse two operations on one item, too many, none, and an unknown table', async () => {
    const same = await errorOf(transact([putMember('x'), { Delete: { TableName, Key: key('x') } }]));
    expect([same.name, same.message]).toEqual([
      'ValidationException',
      'Transaction request cannot include multiple operations on one item',
    ]);
    expect((await errorOf(transact(Array.from({ length: 101 }, (_, n) => putMember(`${n}`))))).name).toBe(
      'ValidationException',
    );
    expect((await errorOf(transact([]))).name).toBe('ValidationException');
    await transact(Array.from({ length: 100 }, (_, n) => putMember(`${n}`)));
    TableName = 'absent-table';
    expect((await errorOf(transact([putMember('x')]))).name).toBe('ResourceNotFoundException');
  });

  it('let exactly one of many rivals win', async () => {
    const rivals = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) =>
        transact([putMember('lock', { owner: N(n) }, isNew), putMember(`trace-${n}`)]),
      ),
    );
    expect(rivals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const traces = await client.send(
      new ddb.QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :p AND begins_with(sk, :t)',
        ExpressionAttributeValues: { ':p': S('p'), ':t': S('trace-') },
      }),
    );
    expect(traces.Count).toBe(1);
  });

  it('never show half of themselves', async () => {
    let isWriting = true;
    const writer = (async () => {
      for (let n = 1; n <= 30; n++)
        await transact([putMember('left', { n: N(n) }), putMember('right', { n: N(n) })]);
      isWriting = false;
    })();
    const read = () =>
      client.send(
        new ddb.TransactGetItemsCommand({
          TransactItems: ['left', 'right'].map((sk) => ({ Get: { TableName, Key: key(sk) } })),
        }),
      );
    while (isWriting) {
      const [left, right] = (await read()).Responses ?? [];
      expect(left?.Item?.n).toEqual(right?.Item?.n);
      const { Items } = await client.send(new ddb.ScanCommand({ TableName }));
      expect(new Set(Items?.map(({ n }) => n?.N)).size).toBeLessThanOrEqual(1);
    }
    await writer;
    const missing = await client.send(
      new ddb.TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: key('absent') } }] }),
    );
    expect(missing.Responses).toEqual([{}]);
  });
});
