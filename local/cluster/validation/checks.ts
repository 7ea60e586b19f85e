import { type FieldError, invalidValue, required, unsupportedValue } from '../errors.ts';
import { type Json, sameJson } from '../object.ts';

/** Fields that may not be negative. */
export function nonNegative(spec: Json, at: string, fields: readonly string[]): FieldError[] {
  return fields
    .filter((field) => spec?.[field] < 0)
    .map((field) => invalidValue(`${at}.${field}`, spec[field], 'must be greater than or equal to 0'));
}

/** A field that must be one of some values. */
export function oneOf(spec: Json, at: string, field: string, values: readonly string[]): FieldError[] {
  const value = spec?.[field];
  return value === undefined || values.includes(value)
    ? []
    : [unsupportedValue(`${at}.${field}`, value, values)];
}

/** Fields that must be given. */
export function need(spec: Json, at: string, fields: readonly string[]): FieldError[] {
  const place = at === '' ? '' : `${at}.`;
  return fields
    .filter((field) => spec?.[field] === undefined || spec[field] === '')
    .map((field) => required(`${place}${field}`));
}

/** Fields that may not change. */
export function unchanged(spec: Json, before: Json, at: string, fields: readonly string[]): FieldError[] {
  const place = at === '' ? '' : `${at}.`;
  return fields
    .filter((field) => !sameJson(spec?.[field], before?.[field]))
    .map((field) => invalidValue(`${place}${field}`, spec?.[field], 'field is immutable'));
}
