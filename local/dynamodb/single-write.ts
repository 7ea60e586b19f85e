import { AwsError } from '../http/protocol/aws-error.ts';
import type { Engine, Input, Item, Output } from './engine.ts';
import { dynamoError } from './errors.ts';
import type { Gate } from './gate.ts';

/**
 * PutItem, UpdateItem or DeleteItem with ReturnValuesOnConditionCheckFailure: a refused write tells what item it met.
 * Such a write holds the gate alone, so that the item is the very one the condition was checked on.
 */
export const createSingleWrite =
  (engine: Engine, gate: Gate, operation: 'PutItem' | 'UpdateItem' | 'DeleteItem') =>
  (input: Input): Promise<Output> => {
    if (input.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD')
      return gate.shared(() => engine.run(operation, input));
    return gate.exclusive(async () => {
      const prepared = engine.prepare(operation, input);
      try {
        return await engine.perform(operation, prepared);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
        const subject = (operation === 'PutItem' ? prepared.Item : prepared.Key) as Item;
        const { item } = await engine.locate(prepared.TableName, subject, operation === 'PutItem');
        throw dynamoError(error.code, error.message, item ? { Item: item } : {});
      }
    });
  };
