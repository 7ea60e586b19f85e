import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachineAliasesCommand,
  ListStateMachinesCommand,
  PublishStateMachineVersionCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsService } from '../../../local/http/service.ts';
import { createStates } from '../../../local/states/states.ts';
import { statesService } from '../../../local/states/wire/service.ts';
import { roleArn, task } from './laboratory.ts';
import { ScriptedFunctions } from './scripted-functions.ts';

const tokens: string[] = [];
const functions = new ScriptedFunctions({
  ask: ({ token }) => void tokens.push(token),
  f: () => ({ ok: true }),
});
const service = statesService(createStates({ invoker: functions }));
let server: Server;
let client: SFNClient;

function serve(served: AwsService): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const answer = await served.handle({
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      headers: request.headers as Record<string, string>,
      body: request,
      readBody: async () => Buffer.concat(chunks),
      region: 'us-east-1',
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
}

beforeAll(async () => {
  server = serve(service);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new SFNClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await service.stop?.();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const definition = (States: Record<string, object>) =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(States)[0], States });

async function create(name: string, states: Record<string, object>) {
  return client.send(
    new CreateStateMachineCommand({ name, roleArn, definition: definition(states), publish: true }),
  );
}

async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('condition did not come true within a second');
}

const ended = (executionArn: string | undefined) =>
  eventually(
    () => client.send(new DescribeExecutionCommand({ executionArn })),
    ({ status }) => status !== 'RUNNING',
  );

const waitingStates = {
  T: task('ask', {
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
    Output: '{% $states.result %}',
  }),
};

describe('with the real client', () => {
  it('creates, aliases, starts and describes', async () => {
    const { stateMachineArn, stateMachineVersionArn, creationDate } = await create('whole', { T: task('f') });
    expect(Date.now() - Number(creationDate)).toBeLessThan(10_000);
    const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
    const { stateMachineAliasArn } = await client.send(
      new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }),
    );
    expect(await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }))).toMatchObject({
      name: 'live',
      routingConfiguration,
    });
    expect(
      (await client.send(new ListStateMachineAliasesCommand({ stateMachineArn }))).stateMachineAliases,
    ).toHaveLength(1);
    const { executionArn, startDate } = await client.send(
      new StartExecutionCommand({ stateMachineArn: stateMachineAliasArn, name: 'one', input: '{"a":1}' }),
    );
    expect(startDate).toBeInstanceOf(Date);
    const description = await ended(executionArn);
    expect(description).toMatchObject({
      status: 'SUCCEEDED',
      name: 'one',
      stateMachineArn,
      stateMachineAliasArn,
      stateMachineVersionArn,
      output: '{"ok":true}',
    });
    expect(description.stopDate).toBeInstanceOf(Date);
    expect((await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).definition).toContain(
      'lambda:invoke',
    );
    expect((await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))).name).toBe(
      'whole',
    );
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toContain('whole');
    const { executions } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }),
    );
    expect(executions?.map(({ name }) => name)).toEqual(['one']);
  });

  it('reads a history in pages', async () => {
    const { stateMachineArn } = await create('history', { T: task('f') });
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await ended(executionArn);
    const first = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3 }));
    const rest = await client.send(
      new GetExecutionHistoryCommand({ executionArn, nextToken: first.nextToken }),
    );
    expect([...(first.events ?? []), ...(rest.events ?? [])].map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(first.events?.[0]?.timestamp).toBeInstanceOf(Date);
    expect(first.events?.[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'us-east-1',
    });
  });

  it('updates and publishes', async () => {
    const { stateMachineArn } = await create('changing', { T: task('f') });
    const { updateDate, revisionId } = await client.send(
      new UpdateStateMachineCommand({
        stateMachineArn,
        definition: definition({ P: { Type: 'Pass', End: true } }),
      }),
    );
    expect(updateDate).toBeInstanceOf(Date);
    const published = await client.send(
      new PublishStateMachineVersionCommand({ stateMachineArn, revisionId }),
    );
    expect(published.stateMachineVersionArn).toBe(`${stateMachineArn}:2`);
    const stale = client.send(
      new PublishStateMachineVersionCommand({ stateMachineArn, revisionId: 'other' }),
    );
    await expect(stale).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it('sends callbacks, with their errors', async () => {
    const { stateMachineArn } = await create('asking', waitingStates);
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await eventually(
      async () => tokens.length,
      (count) => count === 1,
    );
    const [taskToken] = tokens;
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: '{' }))).rejects.toMatchObject({
      name: 'InvalidOutput',
    });
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"yes":1}' }));
    expect((await ended(executionArn)).output).toBe('{"yes":1}');
    await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
    await expect(client.send(new SendTaskFailureCommand({ taskToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidToken',
    });
  });

  it('stops', async () => {
    const { stateMachineArn } = await create('stopping', { W: { Type: 'Wait', Seconds: 600, End: true } });
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    expect(
      (await client.send(new StopExecutionCommand({ executionArn, error: 'E' }))).stopDate,
    ).toBeInstanceOf(Date);
    expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED', error: 'E' });
  });

  it('gets errors by their names, with status 400', async () => {
    const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:none';
    const failed = client.send(new StartExecutionCommand({ stateMachineArn }));
    await expect(failed).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
      message: expect.stringContaining(stateMachineArn),
      $metadata: { httpStatusCode: 400 },
    });
    const invalid = client.send(new CreateStateMachineCommand({ name: 'x', roleArn, definition: '{}' }));
    await expect(invalid).rejects.toMatchObject({ name: 'InvalidDefinition' });
    const missing = client.send(new StartExecutionCommand({ stateMachineArn: undefined }));
    await expect(missing).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('is told with 501 what is not served', async () => {
    const redrive = client.send(new RedriveExecutionCommand({ executionArn: 'x' }));
    await expect(redrive).rejects.toMatchObject({
      message: "states: operation 'RedriveExecution' is not served by the laptop cloud",
      $metadata: { httpStatusCode: 501 },
    });
  });
});
