import { crc32 } from 'node:zlib';
import { type Clock, systemClock } from '../clock.ts';
import { type JsonOperation, serveJson } from '../http/protocol/json-protocol.ts';
import type { AwsService } from '../http/service.ts';
import { createEngine } from './engine.ts';
import { createGate } from './gate.ts';
import { createSingleWrite } from './single-write.ts';
import { createTableOperations } from './table-settings.ts';
import { createTransactGet } from './transact-get.ts';
import { createTransactWrite } from './transact-write.ts';

export interface DynamoDbOptions {
  readonly clock?: Clock;
}

/** Operations that go to dynalite as they are. */
const passedOn = [
  'BatchGetItem',
  'BatchWriteItem',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
];

/** DynamoDB in memory: dynalite, with transactions, backups, TTL and protection in front of it. Nothing expires by TTL. */
export function createDynamoDb({ clock = systemClock }: DynamoDbOptions = {}): AwsService {
  const engine = createEngine();
  const gate = createGate();
  const transactWrite = createTransactWrite(engine, clock);
  const transactGet = createTransactGet(engine);
  const operations: Record<string, JsonOperation> = {
    ...Object.fromEntries(
      passedOn.map((name) => [name, (input) => gate.shared(() => engine.run(name, input))]),
    ),
    PutItem: createSingleWrite(engine, gate, 'PutItem'),
    UpdateItem: createSingleWrite(engine, gate, 'UpdateItem'),
    DeleteItem: createSingleWrite(engine, gate, 'DeleteItem'),
    TransactWriteItems: (input) => gate.exclusive(() => transactWrite(input)),
    TransactGetItems: (input) => gate.exclusive(() => transactGet(input)),
  };
  for (const [name, operation] of Object.entries(createTableOperations(engine, clock))) {
    operations[name] = (input) => gate.exclusive(() => operation(input));
  }
  return {
    signingName: 'dynamodb',
    async handle(request) {
      const answer = await serveJson({ service: 'dynamodb', version: '1.0', operations }, request);
      return { ...answer, headers: { ...answer.headers, 'x-amz-crc32': String(crc32(String(answer.body))) } };
    },
    stop: () => engine.stop(),
  };
}
