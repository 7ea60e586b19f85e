import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { toAttribute } from './ledger-table-values.ts';

/** A condition on an item: `#name` stands for the attribute of that name, `:name` for the value given under it. */
export interface Condition {
  readonly text: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface Expressions {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** The names and values that an expression's text mentions. */
export function expressionsOf(text: string, values: Readonly<Record<string, unknown>> = {}): Expressions {
  const names = [...new Set(text.match(/#\w+/g) ?? [])];
  const given = Object.entries(values);
  return {
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
    }),
    ...(given.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(
        given.map(([name, value]) => [`:${name}`, toAttribute(value)]),
      ),
    }),
  };
}

export const absent: Condition = { text: 'attribute_not_exists(#pk)' };
export const present: Condition = { text: 'attribute_exists(#pk)' };
/** The item is there and nothing has ended it. */
export const running: Condition = { text: 'attribute_exists(#pk) AND attribute_not_exists(#outcome)' };

/** What an update sets: `once` keeps what is there already, `remove` takes attributes away. */
export interface Change {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly once?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

/** The update expression of a change together with its condition; undefined values are not set. */
export function updateOf({ set = {}, once = {}, remove = [] }: Change, condition: Condition) {
  const defined = (fields: Readonly<Record<string, unknown>>) =>
    Object.entries(fields).filter(([, value]) => value !== undefined);
  const clauses = [
    ...defined(set).map(([name]) => `#${name} = :new_${name}`),
    ...defined(once).map(([name]) => `#${name} = if_not_exists(#${name}, :new_${name})`),
  ];
  const text = [
    clauses.length > 0 ? `SET ${clauses.join(', ')}` : '',
    remove.length > 0 ? `REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
  const values = Object.fromEntries(
    [...defined(set), ...defined(once)].map(([name, value]) => [`new_${name}`, value]),
  );
  return {
    UpdateExpression: text,
    ConditionExpression: condition.text,
    ...expressionsOf(`${text} ${condition.text}`, { ...values, ...condition.values }),
  };
}
