import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createLedgerTable } from '#adapters/aws/ledger-table.ts';
import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { createTargetLedger } from '#adapters/aws/target-ledger.ts';
import { createMemoryApprovalLedger } from '#adapters/memory/approval-ledger.ts';
import { createMemoryPipelineArchive } from '#adapters/memory/pipeline-archive.ts';
import { createMemoryPromotionLedger } from '#adapters/memory/promotion-ledger.ts';
import { createMemoryReleaseLedger } from '#adapters/memory/release-ledger.ts';
import { createMemoryTargetLedger } from '#adapters/memory/target-ledger.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { PipelineArchive } from '#ports/pipeline-archive.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { createDynamoDb } from '../../../local/dynamodb/create-dynamodb.ts';
import { startFront } from '../../../local/http/front.ts';

export interface Ledgers {
  readonly releases: ReleaseLedger;
  readonly archive: PipelineArchive;
  readonly promotions: PromotionLedger;
  readonly approvals: ApprovalLedger;
  readonly targets: TargetLedger;
  stop(): Promise<void>;
}

/** The key attributes as template.yaml declares them. */
const keys = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
} as const;

export interface DynamoLedgers extends Ledgers {
  readonly client: DynamoDBClient;
  /** Every item whose partition key holds `text`. */
  items(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** The ledgers in DynamoDB's table, on loopback. */
export async function startDynamoLedgers(): Promise<DynamoLedgers> {
  const service = createDynamoDb();
  const defects: unknown[] = [];
  const front = await startFront({
    port: 0,
    keyOf: () => ({ secretAccessKey: 'test' }),
    now: Date.now,
    onDefect: (_service, error) => defects.push(error),
  });
  front.add(service);
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${front.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const TableName = 'ledger';
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [...keys.AttributeDefinitions],
      KeySchema: [...keys.KeySchema],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const table = createLedgerTable(client, TableName);
  return {
    client,
    releases: createReleaseLedger(table),
    archive: createPipelineArchive(table),
    promotions: createPromotionLedger(table),
    approvals: createApprovalLedger(table),
    targets: createTargetLedger(table),
    async items(text) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
      return Items.filter((item) => item.pk?.S?.includes(text));
    },
    async stop() {
      client.destroy();
      await front.close();
      await service.stop?.();
      if (defects.length > 0) throw defects[0];
    },
  };
}

/** Each backend that a contract suite runs over. */
export const backends: readonly { readonly name: string; start(): Promise<Ledgers> }[] = [
  {
    name: 'memory',
    start: async () => ({
      releases: createMemoryReleaseLedger(),
      archive: createMemoryPipelineArchive(),
      promotions: createMemoryPromotionLedger(),
      approvals: createMemoryApprovalLedger(),
      targets: createMemoryTargetLedger(),
      stop: async () => {},
    }),
  },
  { name: 'DynamoDB', start: startDynamoLedgers },
];
