import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../../local/clock.ts';
import { systemClock } from '../../../local/clock.ts';
import { createLambda, type Lambda } from '../../../local/lambda/lambda.ts';
import type { FunctionModel } from '../../../local/template/application.ts';

const folder = fileURLToPath(new URL('../../fixtures/local-functions', import.meta.url));

export interface Delivery {
  readonly arn: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A function of the fixture folder named as its handler's last part. */
export function model(handler: string, own: Partial<FunctionModel> = {}): FunctionModel {
  const name = handler.split('.').at(-1) ?? handler;
  return {
    logicalId: name,
    name,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    handler,
    runtime: 'nodejs24.x',
    code: { kind: 'folder', folder },
    timeoutSeconds: 3,
    memoryMegabytes: 128,
    environment: {},
    roleArn: 'arn:aws:iam::000000000000:role/test',
    logFormat: 'Text',
    asynchronous: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 },
    ...own,
  };
}

/** Lambda with these functions; what it sends to dead-letter targets is kept in `deliveries`. */
export function startLambda(
  functions: readonly FunctionModel[],
  own: { clock?: Clock; accountConcurrency?: number; retryDelaysMs?: readonly number[] } = {},
): Lambda & { readonly deliveries: readonly Delivery[]; readonly folder: string } {
  const deliveries: Delivery[] = [];
  const stateFolder = mkdtempSync(join(tmpdir(), 'lambda-'));
  const lambda = createLambda({
    functions,
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    artifact: async () => folder,
    credentials: () => ({ accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token' }),
    folder: stateFolder,
    compileCacheFolder: join(stateFolder, 'compiled'),
    clock: own.clock ?? systemClock,
    retryDelaysMs: own.retryDelaysMs ?? [1, 1],
    deliver: (arn, body, attributes) => void deliveries.push({ arn, body, attributes }),
    ...(own.accountConcurrency === undefined ? {} : { accountConcurrency: own.accountConcurrency }),
  });
  return { ...lambda, deliveries, folder: stateFolder };
}
