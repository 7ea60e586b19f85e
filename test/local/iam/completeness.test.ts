import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as states from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GuardedCloud, startGuardedCloud } from './guarded-cloud.ts';

let guarded: GuardedCloud;
let roleKey: string;

beforeAll(async () => {
  guarded = await startGuardedCloud();
  roleKey = (await guarded.as('Reader')).credentials.accessKeyId;
});
afterAll(async () => guarded.stop());

const operationsOf = (client: object): string[] =>
  Object.keys(client)
    .filter((name) => /^[A-Z]\w+Command$/.test(name))
    .map((name) => name.replace(/Command$/, ''));

/** The status of an empty request, signed with an access key. */
async function ask(
  service: string,
  operation: string,
  accessKeyId: string,
  target?: string,
): Promise<number> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261120/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(guarded.cloud.endpoint, {
    method: 'POST',
    ...(target === undefined
      ? {
          headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
          body: `Action=${operation}`,
        }
      : {
          headers: {
            authorization,
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': `${target}.${operation}`,
          },
          body: '{}',
        }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

describe('every operation that is served has its permissions in the table', () => {
  it.each<[service: string, client: object, atLeast: number, target?: string]>([
    ['dynamodb', dynamodb, 20, 'DynamoDB_20120810'],
    ['ssm', ssm, 8, 'AmazonSSM'],
    ['states', states, 19, 'AWSStepFunctions'],
    ['sns', sns, 14],
    ['sts', sts, 2],
    ['cloudformation', cloudformation, 4],
  ])('%s', async (service, client, atLeast, target) => {
    const { accessKeyId } = guarded.cloud;
    const served: string[] = [];
    const unmapped: string[] = [];
    for (const operation of operationsOf(client)) {
      if ((await ask(service, operation, accessKeyId, target)) === 501) continue;
      served.push(operation);
      if ((await ask(service, operation, roleKey, target)) === 501) unmapped.push(operation);
    }
    expect(served.length).toBeGreaterThanOrEqual(atLeast);
    expect(unmapped).toEqual([]);
  });
});
