import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedgerTable } from '#adapters/aws/ledger-table.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { createTargetLedger } from '#adapters/aws/target-ledger.ts';
import { canonicalDigest, canonicalJson } from '#domain/canonical-json.ts';
import { instant } from '#domain/instant.ts';
import { pipelineOfBytes } from '../../unit/domain/pipeline/sized-pipelines.ts';
import { type DynamoLedgers, startDynamoLedgers } from './backends.ts';

const upload = (application: string) => ({
  application,
  bundle: { bucket: 'bundles', key: `${application}/app.zip`, versionId: 'v1' },
  uploadedAt: instant(1000),
  receivedAt: instant(1500),
  pipelineDigest: 'sha256:aa',
  pipelinePins: {},
  environments: ['staging'],
});

describe('what stands in the DynamoDB table', () => {
  let ledgers: DynamoLedgers;
  beforeAll(async () => {
    ledgers = await startDynamoLedgers();
  });
  afterAll(() => ledgers.stop());
  const sortKeys = async (text: string) =>
    (await ledgers.items(text)).map((item) => (item.sk as { S: string }).S).sort();

  it('is three items after the same event came ten times at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => ledgers.releases.receive(upload('shop'))));
    expect(await sortKeys('shop')).toEqual(['COUNTER', 'RELEASE#0000000001', 'UPLOAD']);
    const counter = (await ledgers.items('shop')).find((item) => (item.sk as { S: string }).S === 'COUNTER');
    expect(counter?.last).toEqual({ N: '1' });
  });

  it('is one item of JSON for a pipeline that is kept ten times at once, beside the releases it is for', async () => {
    const pipeline = pipelineOfBytes('wharf', 400);
    await ledgers.releases.receive(upload('wharf'));
    await Promise.all(Array.from({ length: 10 }, () => ledgers.archive.keep(pipeline)));
    const digest = canonicalDigest(pipeline);
    expect(await sortKeys('APP#wharf')).toEqual(['COUNTER', `PIPELINE#${digest}`, 'RELEASE#0000000001']);
    const [item] = (await ledgers.items('APP#wharf')).filter(({ json }) => json !== undefined);
    expect(item).toEqual({
      pk: { S: 'APP#wharf' },
      sk: { S: `PIPELINE#${digest}` },
      json: { S: canonicalJson(pipeline) },
    });
    expect(await ledgers.releases.newest('wharf', 5)).toHaveLength(1);
  });

  it('has a time to live on tokens, pointers and links alone', async () => {
    const request = { application: 'till', release: 1, environment: 'production', attempt: 1, round: 1 };
    const times = { openedAt: instant(10_000), expiresAt: instant(100_000) };
    await ledgers.approvals.open({
      ...request,
      ...times,
      planDigest: 'd',
      approvers: [],
      taskToken: 'token',
    });
    const link = {
      linkId: 'till-link',
      request,
      approver: 'a@example.com',
      secretHash: 'aa',
      codeHash: 'bb',
    };
    await ledgers.approvals.addLink(link, times.expiresAt);
    const items = await ledgers.items('till');
    const kindOf = (item: (typeof items)[number]) => {
      const [partition, sort] = [item.pk, item.sk].map((key) => (key as { S: string }).S.split('#')[0]);
      return partition === 'TOKEN' ? partition : sort;
    };
    const ttl = new Map(items.map((item) => [kindOf(item), item.ttl]));
    const days = (count: number) => ({ N: String(100 + count * 86_400) });
    expect(Object.fromEntries(ttl)).toEqual({
      REQUEST: undefined,
      AWAITED: days(7),
      TOKEN: days(7),
      LINK: days(90),
    });
  });

  it("keeps a target's holder row when it is free, for the next fence", async () => {
    const target = { application: 'depot', environment: 'production' };
    const promotion = { ...target, release: 1, attempt: 1, kind: 'promotion' } as const;
    await ledgers.targets.enqueue(target, { promotion, taskToken: 'token' });
    await ledgers.targets.grantNext(target, instant(0), instant(100));
    await ledgers.targets.release(target, promotion);
    expect(await sortKeys('depot')).toEqual(['HOLDER']);
  });
});

describe('a grant that others come in between', () => {
  let ledgers: DynamoLedgers;
  beforeAll(async () => {
    ledgers = await startDynamoLedgers();
  });
  afterAll(() => ledgers.stop());
  const target = { application: 'quay', environment: 'production' };
  const waiter = (release: number, taskToken: string) => ({
    promotion: { ...target, release, attempt: 1, kind: 'promotion' as const },
    taskToken,
  });

  /** The ledger over a table in which `between` happens once, after the queue was read. */
  const interrupted = (between: () => Promise<unknown>) => {
    const table = createLedgerTable(ledgers.client, 'ledger');
    let isFirst = true;
    return createTargetLedger({
      ...table,
      async query(...given) {
        const items = await table.query(...given);
        if (isFirst) await between();
        isFirst = false;
        return items;
      },
    });
  };
  const grant = (between: () => Promise<unknown>) =>
    interrupted(between).grantNext(target, instant(0), instant(100));

  it('goes to the token of the retried state', async () => {
    await ledgers.targets.enqueue(target, waiter(1, 'old'));
    const granted = await grant(() => ledgers.targets.enqueue(target, waiter(1, 'new')));
    expect(granted).toEqual({ ...waiter(1, 'new'), fence: 1 });
    await ledgers.targets.release(target, waiter(1, 'new').promotion);
  });

  it('passes over who has left the queue', async () => {
    await ledgers.targets.enqueue(target, waiter(1, 'one'));
    await ledgers.targets.enqueue(target, waiter(2, 'two'));
    const granted = await grant(() => ledgers.targets.release(target, waiter(1, 'one').promotion));
    expect(granted).toMatchObject({ taskToken: 'two', fence: 2 });
    await ledgers.targets.release(target, waiter(2, 'two').promotion);
  });

  it('is the same for both who grant at once', async () => {
    await ledgers.targets.enqueue(target, waiter(3, 'three'));
    let other: unknown;
    const granted = await grant(async () => {
      other = await ledgers.targets.grantNext(target, instant(0), instant(100));
    });
    expect(granted).toEqual(other);
    expect(granted).toMatchObject({ taskToken: 'three', fence: 3 });
  });
});

describe('a table that is throttled', () => {
  const answers = { status: 400, body: '' };
  const server = createServer((_request, response) => {
    response.writeHead(answers.status, { 'content-type': 'application/x-amz-json-1.0' }).end(answers.body);
  });
  let client: DynamoDBClient;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [
      'a throttled read',
      400,
      { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' },
    ],
    ['a throttled account', 400, { __type: 'com.amazon.coral.availability#ThrottlingException' }],
    ['a service that fails', 503, { __type: 'ServiceUnavailable' }],
  ])('answers ThrottledError for %s', async (_case, status, body) => {
    Object.assign(answers, { status, body: JSON.stringify(body) });
    const table = createLedgerTable(client, 'ledger');
    await expect(createReleaseLedger(table).receive(upload('shop'))).rejects.toMatchObject({
      name: 'ThrottledError',
    });
  });

  it('answers ThrottledError for a throttled transaction', async () => {
    const type = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException';
    const CancellationReasons = [{ Code: 'None' }, { Code: 'ThrottlingError' }];
    Object.assign(answers, { status: 400, body: JSON.stringify({ __type: type, CancellationReasons }) });
    const check = { pk: 'a', sk: 'b' };
    const write = createLedgerTable(client, 'ledger').transact([
      { check, when: { text: 'attribute_exists(#pk)' } },
    ]);
    await expect(write).rejects.toMatchObject({ name: 'ThrottledError' });
  });

  it('passes on what is no matter of load', async () => {
    const type = 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException';
    Object.assign(answers, { status: 400, body: JSON.stringify({ __type: type, message: 'no table' }) });
    const target = { application: 'shop', environment: 'production' };
    const held = createTargetLedger(createLedgerTable(client, 'ledger')).holder(target);
    await expect(held).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
