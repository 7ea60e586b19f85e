import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  GetSubscriptionAttributesCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GuardedCloud, startGuardedCloud } from './guarded-cloud.ts';

let guarded: GuardedCloud;
let writer: Awaited<ReturnType<GuardedCloud['as']>>;
let reader: typeof writer;
let table: string;
let bucket: string;

beforeAll(async () => {
  guarded = await startGuardedCloud();
  [writer, reader] = [await guarded.as('WriteNote'), await guarded.as('Reader')];
  table = guarded.cloud.application.tables[0]?.name ?? '';
  bucket = guarded.cloud.application.buckets[0]?.name ?? '';
});
afterAll(async () => guarded.stop());

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } });
const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

describe('a function', () => {
  const invoke = async (pk: string): Promise<unknown> => {
    const { name } = guarded.cloud.application.functions[0] ?? { name: '' };
    const lambda = new LambdaClient(guarded.developer);
    const Payload = JSON.stringify({ pk });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Payload }));
    return JSON.parse(answer.Payload?.transformToString() ?? '');
  };

  it('does what its policies allow, and gets the error of AWS for the rest', async () => {
    expect(await invoke('NOTE#1')).toEqual({ written: 'NOTE#1' });
    const { name = '', roleArn } = guarded.cloud.application.functions[0] ?? {};
    const user = `arn:aws:sts::000000000000:assumed-role/${roleArn?.split('/')[1]}/${name}`;
    expect(await invoke('SECRET#1')).toEqual({
      name: 'AccessDeniedException',
      message: `User: ${user} is not authorized to perform: dynamodb:PutItem on resource: ${tableArn(table)} because no identity-based policy allows the dynamodb:PutItem action`,
    });
    expect(readFileSync(join(guarded.cloud.logs, 'access-denied.log'), 'utf8')).toContain('dynamodb:PutItem');
  });
});

describe('DynamoDB', () => {
  const client = () => new DynamoDBClient(writer);
  const refused = (action: string, resource = tableArn(table)) => ({
    name: 'AccessDeniedException',
    message: guarded.refusal('WriteNote', action, resource),
    $metadata: expect.objectContaining({ httpStatusCode: 400 }),
  });
  const check = (pk: string) => ({
    ConditionCheck: { TableName: table, Key: key(pk), ConditionExpression: 'attribute_not_exists(pk)' },
  });
  const put = (pk: string) => ({ Put: { TableName: table, Item: key(pk) } });
  const transact = (...TransactItems: object[]) =>
    client().send(new TransactWriteItemsCommand({ TransactItems } as never));

  it('compares leading keys in transactions, item by item', async () => {
    await transact(put('NOTE#t'), check('NOTE#u'));
    await expect(transact(put('NOTE#v'), put('SECRET#v'))).rejects.toMatchObject(refused('dynamodb:PutItem'));
    await expect(transact(put('NOTE#v'), check('SECRET#v'))).rejects.toMatchObject(
      refused('dynamodb:ConditionCheckItem'),
    );
    const remove = { Delete: { TableName: table, Key: key('NOTE#v') } };
    await expect(transact(put('NOTE#v'), remove)).rejects.toMatchObject(refused('dynamodb:DeleteItem'));
  });

  const query = (name: string, value: string, IndexName?: string) =>
    client().send(
      new QueryCommand({
        TableName: table,
        IndexName,
        KeyConditionExpression: IndexName ? '#k = :v' : 'begins_with(sk, :s) AND #k = :v',
        ExpressionAttributeNames: { '#k': name },
        ExpressionAttributeValues: { ':v': { S: value }, ...(IndexName ? {} : { ':s': { S: 's' } }) },
      }),
    );

  it('compares the partition a query asks for, of the table or of an index', async () => {
    expect((await query('pk', 'NOTE#t')).Count).toBe(1);
    await expect(query('pk', 'SECRET#t')).rejects.toMatchObject(refused('dynamodb:Query'));
    expect((await query('owner', 'ana', 'by-owner')).Count).toBe(0);
    await expect(query('owner', 'bob', 'by-owner')).rejects.toMatchObject(
      refused('dynamodb:Query', `${tableArn(table)}/index/by-owner`),
    );
  });

  it('refuses other operations and other tables', async () => {
    await expect(client().send(new ScanCommand({ TableName: table }))).rejects.toMatchObject(
      refused('dynamodb:Scan'),
    );
    const elsewhere = new PutItemCommand({ TableName: 'other', Item: key('NOTE#1') });
    await expect(client().send(elsewhere)).rejects.toMatchObject(
      refused('dynamodb:PutItem', tableArn('other')),
    );
  });
});

describe('S3', () => {
  const client = (who: typeof writer) => new S3Client({ ...who, forcePathStyle: true });
  const refused = (action: string, resource: string, logicalId = 'WriteNote') => ({
    name: 'AccessDenied',
    message: guarded.refusal(logicalId, action, `"${resource}"`),
    $metadata: expect.objectContaining({ httpStatusCode: 403 }),
  });
  const arn = (path: string) => `arn:aws:s3:::${bucket}${path}`;
  const get = (who: typeof writer, Key: string, VersionId?: string) =>
    client(who).send(new GetObjectCommand({ Bucket: bucket, Key, VersionId }));

  it('tells reading an object from reading a version of it', async () => {
    const Body = 'x'.repeat(100_000);
    const { VersionId } = await client(writer).send(
      new PutObjectCommand({ Bucket: bucket, Key: 'in/a', Body }),
    );
    expect(await (await get(writer, 'in/a')).Body?.transformToString()).toBe(Body);
    await expect(get(writer, 'in/a', VersionId)).rejects.toMatchObject(
      refused('s3:GetObjectVersion', arn('/in/a')),
    );
    expect((await get(reader, 'in/a', VersionId)).VersionId).toBe(VersionId);
  });

  it('refuses an upload in the middle of it, and stays usable', async () => {
    const s3 = client(writer);
    const upload = new PutObjectCommand({ Bucket: bucket, Key: 'out/a', Body: Buffer.alloc(3_000_000) });
    await expect(s3.send(upload)).rejects.toMatchObject(refused('s3:PutObject', arn('/out/a')));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'in/b', Body: 'b' }));
  });

  it('says that a key does not exist only to who may list the bucket', async () => {
    await expect(get(reader, 'in/none')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(get(writer, 'in/none')).rejects.toMatchObject(refused('s3:ListBucket', arn('')));
    const head = new HeadObjectCommand({ Bucket: bucket, Key: 'in/none' });
    await expect(client(writer).send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await expect(client(reader).send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it('asks for each key of a deletion', async () => {
    const many = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'in/a' }] } });
    await expect(client(reader).send(many)).rejects.toMatchObject(
      refused('s3:DeleteObject', arn('/in/a'), 'Reader'),
    );
    await client({ ...guarded.developer }).send(many);
  });
});

describe('the other services', () => {
  it('authorise each parameter of several', async () => {
    const parameters = (...Names: string[]) =>
      new SSMClient(writer).send(new GetParametersCommand({ Names }));
    expect((await parameters('/guarded/setting')).Parameters).toHaveLength(1);
    await expect(parameters('/guarded/setting', '/other')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: guarded.refusal(
        'WriteNote',
        'ssm:GetParameters',
        'arn:aws:ssm:us-east-1:000000000000:parameter/other',
      ),
    });
  });

  it('know no resource type of subscriptions', async () => {
    const sns = new SNSClient(writer);
    const [topic] = guarded.cloud.application.topics;
    await sns.send(new PublishCommand({ TopicArn: topic?.arn, Message: 'm' }));
    const subscribe = new SubscribeCommand({
      TopicArn: topic?.arn,
      Protocol: 'email',
      Endpoint: 'a@b.example',
    });
    await expect(sns.send(subscribe)).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
      message: guarded.refusal('WriteNote', 'sns:Subscribe', topic?.arn ?? ''),
    });
    const look = new GetSubscriptionAttributesCommand({ SubscriptionArn: `${topic?.arn}:x` });
    await expect(sns.send(look)).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
      message: guarded.refusal('WriteNote', 'sns:GetSubscriptionAttributes', '*'),
    });
  });

  it('tell everybody who they are, and the rest to nobody unasked', async () => {
    const { Arn } = await new STSClient(reader).send(new GetCallerIdentityCommand());
    expect(Arn).toMatch(/assumed-role\/guarded-ReaderRole-[A-Z0-9]{12}\/test$/);
    const eks = new EKSClient(reader).send(new DescribeClusterCommand({ name: 'c' }));
    await expect(eks).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
      message: guarded.refusal(
        'Reader',
        'eks:DescribeCluster',
        'arn:aws:eks:us-east-1:000000000000:cluster/c',
      ),
    });
  });

  it('obey an explicit deny', async () => {
    const name = guarded.cloud.application.functions[0]?.name ?? '';
    const invoke = new LambdaClient(writer).send(new InvokeCommand({ FunctionName: name }));
    await expect(invoke).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /lambda:InvokeFunction on resource: \S+ with an explicit deny in an identity-based policy$/,
      ),
    });
  });
});

describe('Step Functions', () => {
  const arn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
  const start = (who: typeof writer, name: string) =>
    new SFNClient(who).send(new StartExecutionCommand({ stateMachineArn: arn(name) }));
  const ended = async (executionArn: string | undefined) => {
    const sfn = new SFNClient(guarded.developer);
    for (;;) {
      const answer = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (answer.status !== 'RUNNING') return answer;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it("authorises a start through an alias on the machine's own ARN", async () => {
    await start(reader, 'qualified:live');
    await expect(start(writer, 'qualified:live')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: guarded.refusal('WriteNote', 'states:StartExecution', arn('qualified')),
    });
  });

  it('runs tasks as the role of the machine', async () => {
    const allowed = await ended((await start(guarded.developer, 'qualified')).executionArn);
    expect(allowed).toMatchObject({ status: 'SUCCEEDED', output: '{"written":"NOTE#m"}' });
    const { error, cause } = await ended((await start(guarded.developer, 'asking')).executionArn);
    const functionArn = guarded.cloud.application.functions[0]?.arn;
    expect(error).toBe('Lambda.AWSLambdaException');
    expect(cause).toMatch(
      /^User: arn:aws:sts::000000000000:assumed-role\/guarded-AskingRole-\w+\/\S+ is not authorized/,
    );
    expect(cause).toContain(
      `lambda:InvokeFunction on resource: ${functionArn} because no identity-based policy`,
    );
    expect(cause).toContain('(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException;');
  });
});
