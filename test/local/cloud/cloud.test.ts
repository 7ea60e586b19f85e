import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCloud, startLaptopCloud } from '../../../local/cloud.ts';
import { signedFetch } from '../http/signed.ts';

const templateFile = fileURLToPath(new URL('../../fixtures/local-app/template.yaml', import.meta.url));
const stateFolder = mkdtempSync(join(tmpdir(), 'cloud-'));
let cloud: LaptopCloud;

beforeAll(async () => {
  cloud = await startLaptopCloud({
    templateFile,
    stackName: 'notes',
    stateFolder,
    cluster: { kind: 'none' },
  });
});
afterAll(async () => {
  await cloud?.stop();
  await rm(stateFolder, { recursive: true, force: true });
});

const settings = () => ({
  endpoint: cloud.endpoint,
  region: cloud.region,
  credentials: { accessKeyId: cloud.accessKeyId, secretAccessKey: cloud.secretAccessKey },
  maxAttempts: 1,
});
const output = (key: string): string => cloud.outputs[key] ?? '';

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 8000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('nothing came');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the laptop cloud', () => {
  it('tells the stack by CloudFormation, as AWS does', async () => {
    const client = new CloudFormationClient(settings());
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'notes' }));
    expect(Stacks?.[0]).toMatchObject({ StackName: 'notes', StackStatus: 'CREATE_COMPLETE' });
    const outputs = Object.fromEntries(Stacks?.[0]?.Outputs?.map((o) => [o.OutputKey, o.OutputValue]) ?? []);
    expect(outputs).toEqual(cloud.outputs);
    const { StackResourceSummaries } = await client.send(
      new ListStackResourcesCommand({ StackName: 'notes' }),
    );
    expect(StackResourceSummaries).toContainEqual(
      expect.objectContaining({ LogicalResourceId: 'Files', PhysicalResourceId: output('FilesBucket') }),
    );
    await expect(client.send(new DescribeStacksCommand({ StackName: 'other' }))).rejects.toThrow(
      'Stack with id other does not exist',
    );
  });

  it('takes an upload through rule and function into the table, and shows it by the API', async () => {
    const key = 'in/a b+ü.txt';
    const s3 = new S3Client({ ...settings(), forcePathStyle: true });
    const { VersionId } = await s3.send(
      new PutObjectCommand({ Bucket: output('FilesBucket'), Key: key, Body: 'hello' }),
    );
    const dynamodb = new DynamoDBClient(settings());
    const item = await eventually(async () => {
      const read = new GetItemCommand({ TableName: output('NotesTable'), Key: { key: { S: key } } });
      return (await dynamodb.send(read)).Item;
    });
    expect(item.version?.S).toBe(VersionId);
    const shown = await fetch(
      `${output('ApiUrl')}/notes/${encodeURIComponent('in')}/${encodeURIComponent('a b+ü.txt')}`,
    );
    expect([shown.status, await shown.json()]).toEqual([200, { key, version: VersionId }]);
    expect(readFileSync(join(cloud.logs, 'NoteUpload.log'), 'utf8')).toContain(`INFO\tnoted ${key}`);
  });

  it('hands REST API requests over as AWS shapes them', async () => {
    const answer = await fetch(`${output('ApiUrl')}/echo?a=1&a=2&b=%20x`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-two': 'yes' },
      body: 'a body',
    });
    const { event, stage } = (await answer.json()) as { event: Record<string, unknown>; stage: string };
    expect(stage).toBe('dev-stage');
    expect(event).toMatchObject({
      resource: '/echo',
      path: '/echo',
      httpMethod: 'POST',
      queryStringParameters: { a: '2', b: ' x' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: [' x'] },
      pathParameters: null,
      body: 'a body',
      isBase64Encoded: false,
      headers: { 'x-two': 'yes', 'X-Forwarded-Proto': 'http' },
      requestContext: {
        stage: 'v1',
        path: '/v1/echo',
        resourcePath: '/echo',
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    expect(answer.headers.get('x-amzn-requestid')).toBe(
      (event.requestContext as { requestId: string }).requestId,
    );
  });

  it('runs functions through the Lambda API, as their own roles', async () => {
    const lambda = new LambdaClient(settings());
    const name = cloud.application.functions[1]?.name ?? '';
    const invoked = await lambda.send(
      new InvokeCommand({
        FunctionName: name,
        LogType: 'Tail',
        Payload: JSON.stringify({ resource: '/echo' }),
      }),
    );
    expect(JSON.parse(invoked.Payload?.transformToString() ?? '')).toMatchObject({ statusCode: 200 });
    expect(Buffer.from(invoked.LogResult ?? '', 'base64').toString()).toMatch(/^START RequestId/);
    const failed = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: 'null' }));
    expect(failed.FunctionError).toBe('Unhandled');
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'absent' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    expect(found).toMatchObject({ MemorySize: 256, Timeout: 5, Handler: 'show-note.handler' });
  });

  it('knows its developer', async () => {
    const { Arn } = await new STSClient(settings()).send(new GetCallerIdentityCommand());
    expect(Arn).toBe('arn:aws:iam::000000000000:user/developer');
  });

  it('refuses a second cloud on the same folder', async () => {
    await expect(startLaptopCloud({ templateFile, stackName: 'notes', stateFolder })).rejects.toMatchObject({
      name: 'StateFolderBusyError',
      pid: process.pid,
    });
  });

  it.each([
    [
      'kinesis',
      'application/x-amz-json-1.1',
      { 'x-amz-target': 'Kinesis_20131202.ListStreams' },
      /Kinesis_20131202\.ListStreams.*kinesis/,
    ],
    ['ec2', 'application/x-www-form-urlencoded', {}, /<Code>NotImplemented<\/Code>/],
    ['lambda', 'application/json', {}, /POST \/.*lambda/],
    ['events', 'application/x-amz-json-1.1', { 'x-amz-target': 'AWSEvents.CreateArchive' }, /CreateArchive/],
  ])('answers 501 for what it does not know: %s', async (service, contentType, headers, message) => {
    const init = await signedFetch({
      url: cloud.endpoint,
      service,
      keys: cloud,
      method: 'POST',
      headers: { 'content-type': contentType, ...headers },
      body: '{}',
    });
    const answer = await fetch(cloud.endpoint, init);
    expect(answer.status).toBe(501);
    expect(await answer.text()).toMatch(message);
    expect(answer.headers.get('x-amzn-requestid')).toBeTruthy();
  });

  it('answers 403 to a request that is not signed', async () => {
    expect((await fetch(cloud.endpoint)).status).toBe(403);
  });
});
