import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecutions, executionArn } from '#adapters/aws/executions.ts';
import { createMemoryExecutions } from '#adapters/memory/executions.ts';
import type { Executions } from '#ports/executions.ts';
import { createStates } from '../../../local/states/states.ts';
import { statesService } from '../../../local/states/wire/service.ts';
import { clientOptions, serveOnLoopback } from '../../local/s3/loopback.ts';

const definition = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Ended',
  States: { Ended: { Type: 'Succeed' } },
});
const roleArn = 'arn:aws:iam::000000000000:role/machine';
const release = {
  application: 'web',
  release: 1,
  bundle: { bucket: 'b', key: 'web/a.zip', versionId: 'v' },
  environments: ['staging'],
};
const promotion = {
  application: 'web',
  release: 1,
  environment: 'staging',
  attempt: 1,
  kind: 'promotion',
} as const;

interface Backend {
  readonly executions: Executions;
  close(): Promise<void>;
}

const memory = async (): Promise<Backend> => ({
  executions: createMemoryExecutions(),
  close: async () => {},
});

async function aws(): Promise<Backend> {
  const states = createStates({
    invoker: { invoke: () => Promise.reject(new Error('no functions')) } as never,
  });
  const arnOf = (name: string) => {
    states.createStateMachine({ name, definition, roleArn, alias: 'live' });
    return `arn:aws:states:us-east-1:000000000000:stateMachine:${name}:live`;
  };
  const server = await serveOnLoopback(statesService(states));
  const client = new SFNClient({ ...clientOptions(server.endpoint), maxAttempts: 1 });
  const settings = { releaseStateMachine: arnOf('release'), promotionStateMachine: arnOf('promotion') };
  return {
    executions: createExecutions(client, settings),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

describe.each([
  ['memory', memory],
  ['Step Functions', aws],
] as const)('executions in %s', (_, open) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.close());

  it('are named by release and by promotion', async () => {
    const { executions } = backend;
    expect(await executions.startRelease(release)).toMatch(/:execution:release:web-1$/);
    expect(await executions.startPromotion(promotion)).toMatch(/:execution:promotion:web-1-staging-1$/);
  });

  it('that exist already, running or ended, count as started', async () => {
    const { executions } = backend;
    const first = await executions.startRelease({ ...release, release: 2 });
    const again = Array.from({ length: 10 }, () => executions.startRelease({ ...release, release: 2 }));
    expect(new Set(await Promise.all(again))).toEqual(new Set([first]));
    expect(await executions.startRelease({ ...release, release: 2, environments: [] })).toBe(first);
  });
});

it.each(['', ':live', ':7'])('an execution of a machine%s has an ARN without the alias', (alias) => {
  expect(executionArn(`arn:aws-cn:states:cn-north-1:123456789012:stateMachine:m${alias}`, 'web-1')).toBe(
    'arn:aws-cn:states:cn-north-1:123456789012:execution:m:web-1',
  );
});
