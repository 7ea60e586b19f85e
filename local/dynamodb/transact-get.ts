import type { Engine, Input, Output } from './engine.ts';
import { validationError } from './errors.ts';

const maximumItems = 100;

/** TransactGetItems; the caller holds the gate alone, so that all items are of one moment. */
export const createTransactGet =
  (engine: Engine) =>
  async (input: Input): Promise<Output> => {
    const items = input.TransactItems as readonly { readonly Get?: Input }[] | undefined;
    if (!items?.length || items.length > maximumItems) {
      throw validationError(
        `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and ${maximumItems}`,
      );
    }
    const answers: Output[] = [];
    for (const { Get } of items) {
      if (!Get) throw validationError('TransactItems can only contain Get');
      answers.push(await engine.run('GetItem', { ...Get, ConsistentRead: true }));
    }
    return { Responses: answers.map(({ Item }) => (Item ? { Item } : {})) };
  };
