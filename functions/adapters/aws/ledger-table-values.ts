import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** One item as the ledger writes and reads it, keys included. */
export type Item = Readonly<Record<string, unknown>>;

/** A JSON-like value in DynamoDB's typed form; undefined fields of an object are left out. */
export function toAttribute(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'object') return { M: toAttributes(value as Item) };
  throw new TypeError(`Ledger value of type "${typeof value}" cannot be stored`);
}

/** An object's fields in DynamoDB's typed form. */
export function toAttributes(fields: Item): Record<string, AttributeValue> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, toAttribute(value)]));
}

function fromAttribute(attribute: AttributeValue): unknown {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromAttributes(attribute.M);
  return null;
}

/** The inverse of `toAttributes`. */
export function fromAttributes(attributes: Record<string, AttributeValue>): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, fromAttribute(value)]));
}
