import { isObject, type Json, type JsonObject } from './document.ts';
import { TemplateError } from './template-error.ts';

/** Resolved properties of one resource, read with the type each must have. */
export interface Properties {
  readonly where: string;
  readonly all: JsonObject;
  text(key: string): string | undefined;
  requiredText(key: string): string;
  number(key: string): number | undefined;
  flag(key: string): boolean | undefined;
  /** A nested object; empty when absent. */
  object(key: string): Properties;
  list(key: string): readonly Json[];
  /** Refuses properties that would change the behaviour and that the laptop cloud does not play. */
  refuse(...keys: readonly string[]): void;
}

/** Reads `all`; `where` is named in errors. */
export function properties(all: JsonObject, where: string): Properties {
  const fail = (key: string, expected: string): never => {
    throw new TemplateError(`${where}.${key}`, `expected ${expected}, not ${JSON.stringify(all[key])}`);
  };
  const reader: Properties = {
    where,
    all,
    text: (key) => {
      const value = all[key];
      if (value === undefined) return undefined;
      return typeof value === 'object' ? fail(key, 'a string') : String(value);
    },
    requiredText: (key) => reader.text(key) ?? fail(key, 'a string'),
    number: (key) => {
      const value = all[key];
      if (value === undefined) return undefined;
      const parsed = typeof value === 'object' ? Number.NaN : Number(value);
      return Number.isFinite(parsed) ? parsed : fail(key, 'a number');
    },
    flag: (key) => {
      const value = all[key];
      if (value === undefined) return undefined;
      if (value === true || value === 'true') return true;
      return value === false || value === 'false' ? false : fail(key, 'true or false');
    },
    object: (key) => {
      const value = all[key] ?? {};
      return properties(isObject(value) ? value : fail(key, 'an object'), `${where}.${key}`);
    },
    list: (key) => {
      const value = all[key] ?? [];
      return Array.isArray(value) ? value : fail(key, 'a list');
    },
    refuse: (...keys) => {
      for (const key of keys) {
        if (all[key] !== undefined) {
          throw new TemplateError(`${where}.${key}`, 'the laptop cloud does not play this property');
        }
      }
    },
  };
  return reader;
}
