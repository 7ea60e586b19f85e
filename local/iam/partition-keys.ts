import type { TableModel } from '../template/application.ts';
import { isObject, type Json, type JsonObject } from '../template/document.ts';
import type { World } from './call.ts';

/** Finds the partition keys of declared tables and of their indexes. */
export function partitionKeysOf(tables: readonly TableModel[]): World['partitionKey'] {
  const keys = new Map<string, string>();
  const remember = (name: string, { KeySchema }: JsonObject): void => {
    const hash = objects(KeySchema).find(({ KeyType }) => KeyType === 'HASH');
    if (typeof hash?.AttributeName === 'string') keys.set(name, hash.AttributeName);
  };
  for (const { name, properties } of tables) {
    remember(name, properties);
    for (const kind of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
      for (const index of objects(properties[kind])) remember(`${name}/${String(index.IndexName)}`, index);
    }
  }
  return (table, index) => keys.get(index === undefined ? table : `${table}/${index}`);
}

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
