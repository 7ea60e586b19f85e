import * as ssm from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSsm } from '../../../local/ssm/create-ssm.ts';
import { clientOptions, errorOf, type Loopback, serveOnLoopback } from '../s3/loopback.ts';

let server: Loopback;
let client: ssm.SSMClient;
let root: string;
let count = 0;
const nowMs = Date.UTC(2026, 5, 1);

const put = (name: string, Value: string, more: Partial<ssm.PutParameterCommandInput> = {}) =>
  client.send(new ssm.PutParameterCommand({ Name: `${root}/${name}`, Value, Type: 'String', ...more }));
const get = async (name: string, more: Partial<ssm.GetParameterCommandInput> = {}) =>
  (await client.send(new ssm.GetParameterCommand({ Name: `${root}/${name}`, ...more }))).Parameter;

beforeAll(async () => {
  server = await serveOnLoopback(createSsm({ clock: { now: () => nowMs, after: () => () => undefined } }));
  client = new ssm.SSMClient(clientOptions(server.endpoint));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(() => {
  root = `/test/${++count}`;
});

describe('a parameter', () => {
  it('has versions, newest by default', async () => {
    expect(await put('a', 'one')).toMatchObject({ Version: 1, Tier: 'Standard' });
    expect((await errorOf(put('a', 'two'))).name).toBe('ParameterAlreadyExists');
    expect((await put('a', 'two', { Overwrite: true, Type: undefined })).Version).toBe(2);
    expect(await get('a')).toEqual({
      Name: `${root}/a`,
      Type: 'String',
      Value: 'two',
      Version: 2,
      DataType: 'text',
      LastModifiedDate: new Date(nowMs),
      ARN: `arn:aws:ssm:us-east-1:000000000000:parameter${root}/a`,
    });
    expect(await get('a:1')).toMatchObject({ Value: 'one', Version: 1, Selector: ':1', Name: `${root}/a` });
    expect((await errorOf(get('a:3'))).name).toBe('ParameterVersionNotFound');
    expect((await errorOf(get('b'))).name).toBe('ParameterNotFound');
    const history = await client.send(new ssm.GetParameterHistoryCommand({ Name: `${root}/a` }));
    expect(history.Parameters?.map(({ Version, Value }) => [Version, Value])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
  });

  it('keeps a SecureString sealed unless decryption is asked for', async () => {
    await put('secret', 'hush', { Type: 'SecureString' });
    expect((await get('secret'))?.Value).not.toContain('hush');
    expect(await get('secret', { WithDecryption: true })).toMatchObject({
      Type: 'SecureString',
      Value: 'hush',
    });
  });

  it.each<[string, string, Partial<ssm.PutParameterCommandInput>, string]>([
    ['a reference', '{{ssm:x}}', {}, 'ValidationException'],
    ['4097 bytes', 'x'.repeat(4097), {}, 'ValidationException'],
    ['8193 bytes, advanced', 'x'.repeat(8193), { Tier: 'Advanced' }, 'ValidationException'],
    ['multi-byte text over the limit', 'ü'.repeat(2049), {}, 'ValidationException'],
    ['a relative name with levels', 'v', { Name: 'a/b' }, 'ValidationException'],
    ['a name of AWS', 'v', { Name: '/aws/x' }, 'ValidationException'],
    ['a name with a space', 'v', { Name: '/a b' }, 'ValidationException'],
    ['sixteen levels', 'v', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException'],
    ['another type', 'v', { Type: 'Number' as ssm.ParameterType }, 'UnsupportedParameterType'],
    ['a value off its pattern', 'v', { AllowedPattern: '\\d+' }, 'ParameterPatternMismatchException'],
  ])('is refused with %s', async (_, value, more, expected) => {
    expect((await errorOf(put('p', value, more))).name).toBe(expected);
  });

  it('grows to 8 KB in the advanced tier and stays there', async () => {
    expect((await put('big', 'x'.repeat(8192), { Tier: 'Advanced' })).Tier).toBe('Advanced');
    expect((await put('smart', 'x'.repeat(5000), { Tier: 'Intelligent-Tiering' })).Tier).toBe('Advanced');
    expect((await errorOf(put('big', 'x', { Tier: 'Standard', Overwrite: true }))).name).toBe(
      'ValidationException',
    );
  });

  it('can be deleted', async () => {
    await put('a', 'v');
    await client.send(new ssm.DeleteParameterCommand({ Name: `${root}/a` }));
    expect((await errorOf(client.send(new ssm.DeleteParameterCommand({ Name: `${root}/a` })))).name).toBe(
      'ParameterNotFound',
    );
    await put('b', 'v');
    expect(
      await client.send(new ssm.DeleteParametersCommand({ Names: [`${root}/b`, `${root}/c`] })),
    ).toMatchObject({
      DeletedParameters: [`${root}/b`],
      InvalidParameters: [`${root}/c`],
    });
  });
});

describe('many parameters', () => {
  it('are read by name, with those that do not exist apart', async () => {
    await put('a', '1');
    const { Parameters, InvalidParameters } = await client.send(
      new ssm.GetParametersCommand({ Names: [`${root}/a:1`, `${root}/no`] }),
    );
    expect([Parameters?.map(({ Value }) => Value), InvalidParameters]).toEqual([['1'], [`${root}/no`]]);
  });

  it('are read by path, ten a page at most, and a page may be empty', async () => {
    for (let n = 10; n < 23; n++) await put(`p/${n}`, String(n));
    await put('p/deep/er', 'deep', { Type: 'SecureString' });
    await put('pp', 'beside');
    const names = async (more: Partial<ssm.GetParametersByPathCommandInput>) => {
      const pages: number[] = [];
      const found: string[] = [];
      for await (const page of ssm.paginateGetParametersByPath({ client }, { Path: `${root}/p`, ...more })) {
        pages.push(page.Parameters?.length ?? 0);
        found.push(...(page.Parameters ?? []).map(({ Value }) => Value ?? ''));
      }
      return { pages, found };
    };
    expect(await names({})).toMatchObject({ pages: [10, 3] });
    expect((await names({ Recursive: true, WithDecryption: true })).found).toContain('deep');
    const filter = { ParameterFilters: [{ Key: 'Type', Option: 'Equals', Values: ['SecureString'] }] };
    expect((await names({ Recursive: true, MaxResults: 5, ...filter })).pages).toEqual([0, 0, 1]);
    const tooMany = client.send(new ssm.GetParametersByPathCommand({ Path: root, MaxResults: 11 }));
    expect((await errorOf(tooMany)).name).toBe('ValidationException');
    const badToken = client.send(new ssm.GetParametersByPathCommand({ Path: root, NextToken: 'no' }));
    expect((await errorOf(badToken)).name).toBe('InvalidNextToken');
  });

  it('are described without their values', async () => {
    await put('a', 'hidden', { Description: 'what it is' });
    const { Parameters } = await client.send(
      new ssm.DescribeParametersCommand({
        ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [root] }],
      }),
    );
    expect(Parameters).toMatchObject([{ Name: `${root}/a`, Description: 'what it is', Version: 1 }]);
    expect(JSON.stringify(Parameters)).not.toContain('hidden');
  });
});

it('answers 501 with its name for an unknown operation', async () => {
  const error = await errorOf(client.send(new ssm.ListDocumentsCommand({})));
  expect([error.name, error.message]).toEqual(['NotImplemented', expect.stringContaining('ListDocuments')]);
});
