import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTaskTokens } from '#adapters/aws/task-tokens.ts';
import { createMemoryTaskTokens } from '#adapters/memory/task-tokens.ts';

const token = 'AQCEAAAAKgAAAAMAAAAAAAAAAQ';

describe('task tokens over Step Functions', () => {
  const asked: unknown[] = [];
  const answers = { status: 200, type: '' };
  const server = createServer(async (request, response) => {
    const body = await new Response(request as never).text();
    asked.push([request.headers['x-amz-target'], JSON.parse(body)]);
    const answer = answers.type === '' ? {} : { __type: answers.type, message: `Invalid token: '${token}'` };
    response
      .writeHead(answers.status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(answer));
  });
  let client: SFNClient;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new SFNClient({
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
  const succeed = (status: number, type: string) => {
    Object.assign(answers, { status, type });
    return createTaskTokens(client).succeed(token, { decision: 'approved' });
  };

  it('sends the result as JSON', async () => {
    expect(await succeed(200, '')).toBe('delivered');
    const sent = { taskToken: token, output: '{"decision":"approved"}' };
    expect(asked.at(-1)).toEqual(['AWSStepFunctions.SendTaskSuccess', sent]);
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist'])('calls a wait gone after %s', async (type) => {
    expect(await succeed(400, type)).toBe('gone');
  });

  it('quotes no token in an error, nor in its cause', async () => {
    const error = await succeed(400, 'InvalidToken').catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    const { message, stack, cause } = error as Error;
    expect(`${message} ${stack} ${JSON.stringify(error)} ${cause}`).not.toContain(token);
  });

  it('asks to try again when it is throttled', async () => {
    await expect(succeed(400, 'ThrottlingException')).rejects.toMatchObject({ name: 'ThrottledError' });
    await expect(succeed(500, 'InternalServerError')).rejects.toMatchObject({ name: 'ThrottledError' });
  });
});

describe('task tokens in memory', () => {
  it('answer each wait once', async () => {
    const tokens = createMemoryTaskTokens();
    expect(await tokens.succeed('a', 1)).toBe('delivered');
    expect(await tokens.succeed('a', 2)).toBe('gone');
    tokens.expire('b');
    expect(await tokens.succeed('b', 1)).toBe('gone');
    expect([...tokens.answers]).toEqual([['a', 1]]);
  });
});
