import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { model, startLambda } from './functions-under-test.ts';

const handlers = [
  'echo',
  'environment',
  'throws',
  'exits',
  'rejects',
  'huge',
  'nothing',
  'circular',
  'withCallback',
  'absent',
];
const lambda = startLambda([
  ...handlers.map((name) => model(`index.${name}`)),
  model('index.slow', { timeoutSeconds: 0.3, reservedConcurrency: 2 }),
  model('index.throws', { logicalId: 'talks', name: 'talks', logFormat: 'JSON' }),
  model('broken.handler'),
  model('missing.gone'),
  model('index.echo', {
    logicalId: 'aliased',
    name: 'aliased',
    alias: 'live',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:aliased',
  }),
]);
afterAll(() => lambda.stop());

const invoke = (name: string, event: unknown = {}) => lambda.invoker.invoke(name, JSON.stringify(event));
const payload = async (name: string, event: unknown = {}) => JSON.parse((await invoke(name, event)).payload);

describe('an invocation that succeeds', () => {
  it('hands over event and context', async () => {
    const answer = await payload('echo', { a: 1 });
    expect(answer).toMatchObject({
      event: { a: 1 },
      memory: '128',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:echo',
    });
    expect(answer.remaining).toBeGreaterThan(2000);
  });
  it('uses the warm sandbox again', async () => {
    const [first, second] = [await payload('echo'), await payload('echo')];
    expect(second.pid).toBe(first.pid);
    expect(second.requestId).not.toBe(first.requestId);
  });
  it('answers null for undefined', async () => {
    expect(await invoke('nothing')).toEqual({ kind: 'success', payload: 'null' });
  });
  it('passes the qualifier on in the ARN', async () => {
    const answer = await payload('arn:aws:lambda:us-east-1:000000000000:function:aliased:live');
    expect(answer.arn).toBe('arn:aws:lambda:us-east-1:000000000000:function:aliased:live');
  });
});

describe('isolation', () => {
  it('gives a sandbox its own variables and nothing of this process', async () => {
    process.env.SECRET_OF_THE_PARENT = 'x';
    const seen = await payload('environment');
    expect(seen).toMatchObject({
      AWS_ACCESS_KEY_ID: 'ASIATEST',
      AWS_SESSION_TOKEN: 'token',
      AWS_REGION: 'us-east-1',
      TZ: 'UTC',
    });
    expect(seen).not.toHaveProperty('SECRET_OF_THE_PARENT');
    expect(seen.HOME).not.toBe(process.env.HOME);
    expect(seen.TMPDIR).toContain(lambda.folder);
  });
});

describe('an invocation that fails', () => {
  const cases: readonly [name: string, event: unknown, errorType: string, message: RegExp][] = [
    ['throws', {}, 'RangeError', /^too far$/],
    [
      'exits',
      { code: 3 },
      'Runtime.ExitError',
      /^RequestId: \S+ Error: Runtime exited with error: exit status 3$/,
    ],
    ['exits', { code: 0 }, 'Runtime.ExitError', /Runtime exited without providing a reason$/],
    ['rejects', {}, 'Runtime.UnhandledPromiseRejection', /^Error: nobody listens$/],
    ['huge', {}, 'Function.ResponseSizeTooLarge', /6291556/],
    ['circular', {}, 'Error', /^Unable to stringify response body$/],
    [
      'slow',
      { milliseconds: 5000 },
      'Sandbox.Timedout',
      /^RequestId: \S+ Error: Task timed out after 0\.30 seconds$/,
    ],
    ['handler', {}, 'TypeError', /^cannot load$/],
    ['gone', {}, 'Runtime.ImportModuleError', /Cannot find module 'missing'/],
    ['absent', {}, 'Runtime.HandlerNotFound', /^index\.absent is undefined or not exported$/],
    ['withCallback', {}, 'Runtime.CallbackHandlerDeprecated', /takes a callback/],
  ];
  it.each(cases)('%s %j is %s', async (name, event, errorType, message) => {
    const result = await invoke(name, event);
    expect(result).toMatchObject({ kind: 'error', errorType, errorMessage: expect.stringMatching(message) });
    expect(JSON.parse(result.payload)).toMatchObject({ errorType });
  });
  it('starts a new sandbox after one died, at once', async () => {
    await invoke('rejects');
    expect(await invoke('rejects')).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection' });
  });
  it('logs JSON where the function asks for it', async () => {
    await invoke('talks');
    const lines = readFileSync(join(lambda.folder, 'logs', 'talks.log'), 'utf8').split('\n');
    const line = JSON.parse(lines.find((text) => text.startsWith('{')) ?? '');
    expect(line).toMatchObject({ level: 'INFO', message: 'about to fail', requestId: expect.any(String) });
  });
  it('keeps the sandbox of a handler that only threw, and its log', async () => {
    await invoke('throws');
    const log = readFileSync(join(lambda.folder, 'logs', 'throws.log'), 'utf8');
    expect(log).toMatch(/START RequestId: (\S+) Version: \$LATEST\n\S+Z\t\1\tINFO\tabout to fail\n/);
  });
});

describe('limits', () => {
  it('runs as many at a time as are reserved and throttles the rest', async () => {
    const ended = await Promise.allSettled([1, 2, 3].map(() => invoke('slow', { milliseconds: 100 })));
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(ended[2]).toMatchObject({ reason: { name: 'TooManyRequestsException' } });
    const pids = ended.slice(0, 2).map((end) => (end.status === 'fulfilled' ? end.value.payload : ''));
    expect(new Set(pids).size).toBe(2);
  });
  it('refuses payloads beyond 6 MB, and 1 MB for events', async () => {
    await expect(invoke('echo', 'x'.repeat(6_300_000))).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      status: 413,
    });
    expect(() => lambda.invoker.invokeAsync('echo', JSON.stringify('x'.repeat(1_100_000)))).toThrow(
      /Event invocation/,
    );
  });
  it.each(['nobody', 'aliased:old', 'echo:live'])('knows no function "%s"', async (name) => {
    await expect(invoke(name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
