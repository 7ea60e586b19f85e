import type { Input } from '../call.ts';

type AttributeValue = Readonly<Record<string, unknown>>;

/** The value that a Query's key condition sets its partition key to; undefined when it sets none. */
export function partitionValueOfQuery(input: Input, partitionKey: string): AttributeValue | undefined {
  const { KeyConditionExpression, KeyConditions } = input;
  if (typeof KeyConditionExpression !== 'string') {
    const legacy = (
      KeyConditions as Readonly<Record<string, { AttributeValueList?: readonly AttributeValue[] }>>
    )?.[partitionKey];
    return legacy?.AttributeValueList?.[0];
  }
  const names = (input.ExpressionAttributeNames ?? {}) as Readonly<Record<string, string>>;
  const values = (input.ExpressionAttributeValues ?? {}) as Readonly<Record<string, AttributeValue>>;
  for (const [, name = '', value = ''] of KeyConditionExpression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    if ((name.startsWith('#') ? names[name] : name) === partitionKey) return values[value];
  }
  return undefined;
}
