import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ThrottledError } from '#domain/errors.ts';
import { type Change, type Condition, expressionsOf, updateOf } from './ledger-table-condition.ts';
import { fromAttributes, type Item, toAttributes } from './ledger-table-values.ts';
import { unlessThrottled } from './throttling.ts';

/**
 * The ledger's one table. Numbers in sort keys are zero-padded, so that keys sort as numbers do.
 *
 * | item            | pk                     | sk                               | written by, note                         |
 * |-----------------|------------------------|----------------------------------|------------------------------------------|
 * | release counter | `APP#<app>`            | `COUNTER`                        | receive; last number, newest upload      |
 * | release         | `APP#<app>`            | `RELEASE#<n>`                    | receive; first end stands                |
 * | pipeline        | `APP#<app>`            | `PIPELINE#<digest>`              | keep; canonical JSON, never changed      |
 * | upload          | `UPLOAD#<object>`      | `UPLOAD`                         | receive, refuse; one per object version  |
 * | promotion count | `RELEASE#<app>#<n>`    | `COUNTER`                        | open; ordinal, attempts per environment  |
 * | promotion       | `RELEASE#<app>#<n>`    | `PROMOTION#<env>#<attempt>`      | open, note, end; first end stands        |
 * | asker           | `RELEASE#<app>#<n>`    | `ASKER#<env>#<requestedBy>`      | open; the attempt that asker was given   |
 * | target state    | `TARGET#<app>#<env>`   | `STATE`                          | promotion end                            |
 * | target history  | `TARGET#<app>#<env>`   | `HISTORY#<time>#<n>#<attempt>`   | promotion end                            |
 * | target holder   | `TARGET#<app>#<env>`   | `HOLDER`                         | grant; never deleted: it counts fences   |
 * | waiter          | `TARGET#<app>#<env>`   | `WAITER#<rank>#<n>#<attempt>`    | enqueue; rank 0 rollback, 1 promotion    |
 * | request         | `APPROVAL#<app>#<env>` | `REQUEST#<n>#<attempt>#<round>`  | open, decide, close                      |
 * | awaited request | `APPROVAL#<app>#<env>` | `AWAITED#<n>#<attempt>#<round>`  | open until woken; points to a request, ttl |
 * | task token      | `TOKEN#<app>#<env>`    | `<n>#<attempt>#<round>`          | open; read by taskToken alone, ttl       |
 * | link            | `LINK#<linkId>`        | `LINK`                           | addLink; hashes only, ttl                |
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** One write of a transaction. */
export type Write =
  | { readonly put: Item & Key; readonly when?: Condition }
  | { readonly update: Key; readonly change: Change; readonly when: Condition }
  | { readonly remove: Key; readonly when: Condition }
  | { readonly check: Key; readonly when: Condition };

/** What became of a conditional write, with the item as it stands then, so that nobody has to read again. */
export type WriteResult =
  | { readonly written: true; readonly item: Item }
  | { readonly written: false; readonly item?: Item };

/** The few operations that the ledger adapters share. Reads are strongly consistent. */
export interface LedgerTable {
  get(key: Key): Promise<Item | undefined>;
  /** Items of `pk` whose sort key begins with `prefix`, in key order or `descending`. */
  query(
    pk: string,
    prefix: string,
    options?: { readonly descending?: boolean; readonly limit?: number },
  ): Promise<readonly Item[]>;
  /** Answers whether it was written. */
  put(item: Item & Key, when: Condition): Promise<boolean>;
  update(key: Key, change: Change, when: Condition): Promise<WriteResult>;
  remove(key: Key): Promise<void>;
  /** All writes or none; false when a condition refused or another transaction was in the way: read again. */
  transact(writes: readonly Write[]): Promise<boolean>;
}

/** A number of at most `digits` digits as it stands in sort keys. */
export const padded = (value: number, digits = 10): string => String(value).padStart(digits, '0');

/** An item without what only the table needs. */
export function bare<Fields>(item: Item, ...internal: readonly string[]): Fields {
  const hidden = new Set(['pk', 'sk', 'ttl', ...internal]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => !hidden.has(name))) as Fields;
}

const maxAttempts = 30;

/** Repeats an optimistic read-then-write until it answers; undefined means that somebody else was faster. */
export async function untilSettled<Answer>(
  what: string,
  attempt: () => Promise<Answer | undefined>,
): Promise<Answer> {
  for (let tries = 0; tries < maxAttempts; tries++) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    await sleep(Math.random() * Math.min(500, 10 * 2 ** tries));
  }
  throw new ThrottledError(`Ledger record "${what}" was changed by others ${maxAttempts} times in a row`, {
    what,
  });
}

/** Reasons of a cancelled transaction that a fresh look at the items can mend. */
const mendable = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);
const throttled = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);

function transactItem(TableName: string, write: Write): TransactWriteItem {
  if ('put' in write) {
    const { when } = write;
    const condition = when && { ConditionExpression: when.text, ...expressionsOf(when.text, when.values) };
    return { Put: { TableName, Item: toAttributes(write.put), ...condition } };
  }
  if ('update' in write) {
    return {
      Update: { TableName, Key: toAttributes(keyOf(write.update)), ...updateOf(write.change, write.when) },
    };
  }
  const { text, values } = write.when;
  const condition = { TableName, ConditionExpression: text, ...expressionsOf(text, values) };
  if ('remove' in write) return { Delete: { Key: toAttributes(keyOf(write.remove)), ...condition } };
  return { ConditionCheck: { Key: toAttributes(keyOf(write.check)), ...condition } };
}

const keyOf = ({ pk, sk }: Key): Item => ({ pk, sk });

interface Written {
  readonly Attributes?: Record<string, AttributeValue> | undefined;
}

async function conditional(write: () => Promise<Written>): Promise<WriteResult> {
  try {
    const { Attributes = {} } = await unlessThrottled('DynamoDB', write);
    return { written: true, item: fromAttributes(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item === undefined
      ? { written: false }
      : { written: false, item: fromAttributes(error.Item) };
  }
}

/** The ledger's table over DynamoDB. Throttling becomes ThrottledError. */
export function createLedgerTable(client: DynamoDBClient, tableName: string): LedgerTable {
  const TableName = tableName;
  const refusal = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

  return {
    async get(key) {
      const command = new GetItemCommand({ TableName, Key: toAttributes(keyOf(key)), ConsistentRead: true });
      const { Item: item } = await unlessThrottled('DynamoDB', () => client.send(command));
      return item && fromAttributes(item);
    },

    async query(pk, prefix, { descending = false, limit } = {}) {
      const items: Item[] = [];
      const text = '#pk = :pk AND begins_with(#sk, :prefix)';
      let start: Record<string, AttributeValue> | undefined;
      do {
        const command = new QueryCommand({
          TableName,
          KeyConditionExpression: text,
          ...expressionsOf(text, { pk, prefix }),
          ConsistentRead: true,
          ScanIndexForward: !descending,
          ...(limit !== undefined && { Limit: limit - items.length }),
          ...(start && { ExclusiveStartKey: start }),
        });
        const page = await unlessThrottled('DynamoDB', () => client.send(command));
        items.push(...(page.Items ?? []).map(fromAttributes));
        start = page.LastEvaluatedKey;
      } while (start !== undefined && (limit === undefined || items.length < limit));
      return items;
    },

    async put(item, when) {
      const condition = { ConditionExpression: when.text, ...expressionsOf(when.text, when.values) };
      const command = new PutItemCommand({ TableName, Item: toAttributes(item), ...condition });
      return (await conditional(() => client.send(command))).written;
    },

    update(key, change, when) {
      const Key = toAttributes(keyOf(key));
      const command = new UpdateItemCommand({
        TableName,
        Key,
        ...updateOf(change, when),
        ...refusal,
        ReturnValues: 'ALL_NEW',
      });
      return conditional(() => client.send(command));
    },

    async remove(key) {
      const command = new DeleteItemCommand({ TableName, Key: toAttributes(keyOf(key)) });
      await unlessThrottled('DynamoDB', () => client.send(command));
    },

    async transact(writes) {
      const command = new TransactWriteItemsCommand({
        TransactItems: writes.map((write) => transactItem(TableName, write)),
      });
      try {
        await unlessThrottled('DynamoDB', () => client.send(command));
        return true;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error.name === 'TransactionInProgressException') return false;
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
        if (codes.every((code) => mendable.has(code))) return false;
        if (!codes.some((code) => throttled.has(code))) throw error;
        throw new ThrottledError(
          `DynamoDB cancelled a transaction: "${codes.join(', ')}"`,
          { codes },
          { cause: error },
        );
      }
    },
  };
}
