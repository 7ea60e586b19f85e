import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AwsError } from '../http/protocol/aws-error.ts';
import type { Engine, Input, Item, Output, Prepared } from './engine.ts';
import { type CancellationReason, dynamoError, transactionCanceled, validationError } from './errors.ts';

const maximumItems = 100;
const maximumBytes = 4 * 1024 * 1024;
const tokenLifeMs = 10 * 60 * 1000;

/** How each member of a transaction is checked and done by the engine; a condition check is a delete that is never done. */
const members = {
  Put: { operation: 'PutItem', subject: 'Item', required: [], writes: true },
  Update: { operation: 'UpdateItem', subject: 'Key', required: ['UpdateExpression'], writes: true },
  Delete: { operation: 'DeleteItem', subject: 'Key', required: [], writes: true },
  ConditionCheck: {
    operation: 'DeleteItem',
    subject: 'Key',
    required: ['ConditionExpression'],
    writes: false,
  },
} as const;
type MemberName = keyof typeof members;

interface Member {
  readonly kind: (typeof members)[MemberName];
  readonly prepared: Prepared;
  readonly subject: Item;
  readonly returnsItem: boolean;
}
interface LocatedMember extends Member {
  readonly key: Item;
  readonly before: Item | undefined;
}

/** TransactWriteItems; the caller holds the gate alone while it runs. */
export function createTransactWrite(engine: Engine, clock: Clock): (input: Input) => Promise<Output> {
  const done = new Map<
    string,
    { readonly fingerprint: string; readonly untilMs: number; readonly output: Output }
  >();
  return async (input) => {
    const token = input.ClientRequestToken as string | undefined;
    const fingerprint = createHash('sha256')
      .update(JSON.stringify(input.TransactItems ?? []))
      .digest('hex');
    for (const [old, { untilMs }] of done) if (untilMs <= clock.now()) done.delete(old);
    const earlier = token === undefined ? undefined : done.get(token);
    if (earlier && earlier.fingerprint !== fingerprint) {
      throw dynamoError(
        'IdempotentParameterMismatchException',
        'The provided client token is already in use with different parameters.',
      );
    }
    if (earlier) return earlier.output;
    const output = await transact(engine, input);
    if (token !== undefined) done.set(token, { fingerprint, untilMs: clock.now() + tokenLifeMs, output });
    return output;
  };
}

async function transact(engine: Engine, input: Input): Promise<Output> {
  const items = input.TransactItems as readonly Input[] | undefined;
  if (!items || items.length < 1 || items.length > maximumItems) {
    const bound = items?.length ? `less than or equal to ${maximumItems}` : 'greater than or equal to 1';
    throw validationError(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  const transaction = items.map((item) => prepareMember(engine, item, input.ReturnConsumedCapacity));
  if (transaction.reduce((sum, { subject }) => sum + engine.sizeBytes(subject), 0) > maximumBytes) {
    throw validationError('Transaction payload exceeds the maximum allowed size of 4 MB');
  }
  const located = await locateAll(engine, transaction);
  const capacity = await applyAll(engine, located);
  return input.ReturnConsumedCapacity && input.ReturnConsumedCapacity !== 'NONE'
    ? { ConsumedCapacity: capacity }
    : {};
}

function prepareMember(engine: Engine, item: Input, returnConsumedCapacity: unknown): Member {
  const [name, ...more] = Object.keys(item).filter((member) =>
    Object.hasOwn(members, member),
  ) as MemberName[];
  if (!name || more.length) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const kind = members[name];
  const { ReturnValuesOnConditionCheckFailure, ...rest } = item[name] as Input;
  const missing = kind.required.find((parameter) => rest[parameter] === undefined);
  if (missing) {
    throw validationError(
      `1 validation error detected: Value null at 'transactItems.1.member.${name.charAt(0).toLowerCase()}${name.slice(1)}.${missing.charAt(0).toLowerCase()}${missing.slice(1)}' failed to satisfy constraint: Member must not be null`,
    );
  }
  const prepared = engine.prepare(kind.operation, {
    ...rest,
    ReturnConsumedCapacity: returnConsumedCapacity,
  });
  return {
    kind,
    prepared,
    subject: prepared[kind.subject] as Item,
    returnsItem: ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

/** Finds each member's item and checks every condition, before anything is written. */
async function locateAll(engine: Engine, transaction: readonly Member[]): Promise<readonly LocatedMember[]> {
  const located: LocatedMember[] = [];
  const places = new Set<string>();
  const reasons: CancellationReason[] = [];
  for (const member of transaction) {
    try {
      const { TableName } = member.prepared;
      const { place, key, item } = await engine.locate(
        TableName,
        member.subject,
        member.kind.subject === 'Item',
      );
      if (places.has(`${TableName} ${place}`)) {
        throw dynamoError(
          'DuplicateItem',
          'Transaction request cannot include multiple operations on one item',
        );
      }
      places.add(`${TableName} ${place}`);
      located.push({ ...member, key, before: item });
      reasons.push(engine.holds(member.prepared, item) ? { Code: 'None' } : conditionFailed(member, item));
    } catch (error) {
      if (error instanceof AwsError && error.code === 'DuplicateItem') throw validationError(error.message);
      reasons.push(asReason(error));
    }
  }
  if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons);
  return located;
}

const conditionFailed = (member: Member, item: Item | undefined): CancellationReason => ({
  Code: 'ConditionalCheckFailed',
  Message: 'The conditional request failed',
  ...(member.returnsItem && item ? { Item: item } : {}),
});

function asReason(error: unknown): CancellationReason {
  if (error instanceof AwsError && error.code === 'ValidationException') {
    return { Code: 'ValidationError', Message: error.message };
  }
  throw error;
}

/** Writes every member, or none: an update that does not fit its item takes back those before it. */
async function applyAll(engine: Engine, located: readonly LocatedMember[]): Promise<readonly unknown[]> {
  const applied: LocatedMember[] = [];
  const capacities: unknown[] = [];
  for (const member of located) {
    if (!member.kind.writes) continue;
    try {
      capacities.push((await engine.perform(member.kind.operation, member.prepared)).ConsumedCapacity);
      applied.push(member);
    } catch (error) {
      for (const earlier of applied.reverse()) await restore(engine, earlier);
      const reason = asReason(error);
      throw transactionCanceled(located.map((other) => (other === member ? reason : { Code: 'None' })));
    }
  }
  return capacities.filter((capacity) => capacity !== undefined);
}

async function restore(
  engine: Engine,
  { prepared: { TableName }, key, before }: LocatedMember,
): Promise<void> {
  if (before) await engine.run('PutItem', { TableName, Item: before });
  else await engine.run('DeleteItem', { TableName, Key: key });
}
