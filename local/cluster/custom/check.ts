import { type FieldError, invalidValue, required, unsupportedValue } from '../errors.ts';
import { type Json, sameJson } from '../object.ts';
import { isOfFormat } from './formats.ts';

/**
 * What of a value does not satisfy a definition's schema, in the words of the API server's validation (kube-openapi); rules
 * in CEL are in rules.ts.
 */
export function check(value: Json, openApi: Json, at: string): FieldError[] {
  if (openApi === undefined || value === undefined) return [];
  if (value === null)
    return openApi.nullable === true || openApi.type === undefined ? [] : [wrongType(value, openApi, at)];
  if (!isOfType(value, openApi)) return [wrongType(value, openApi, at)];
  return [
    ...checkAlternatives(value, openApi, at),
    ...checkScalar(value, openApi, at),
    ...checkContent(value, openApi, at),
  ];
}

function checkContent(value: Json, openApi: Json, at: string): FieldError[] {
  if (Array.isArray(value)) return checkList(value, openApi, at);
  return typeof value === 'object' ? checkFields(value, openApi, at) : [];
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function isOfType(value: Json, openApi: Json): boolean {
  if (openApi['x-kubernetes-int-or-string'] === true) return ['string', 'integer'].includes(typeName(value));
  if (openApi.type === undefined) return true;
  const name = typeName(value);
  return openApi.type === name || (openApi.type === 'number' && name === 'integer');
}

function wrongType(value: Json, openApi: Json, at: string): FieldError {
  const wanted = openApi['x-kubernetes-int-or-string'] === true ? 'integer,string' : openApi.type;
  const name = typeName(value);
  return {
    reason: 'FieldValueTypeInvalid',
    field: at,
    message: `Invalid value: "${name}": ${at} in body must be of type ${wanted}: "${name}"`,
  };
}

/** Limits by the schema's word for them: whether a value is within, and what is said when it is not. */
const limits: readonly (readonly [
  string,
  (value: Json, limit: Json, openApi: Json) => boolean,
  (limit: Json, openApi: Json) => string,
])[] = [
  [
    'minLength',
    (value, limit) => typeof value !== 'string' || [...value].length >= limit,
    (limit) => `should be at least ${limit} chars long`,
  ],
  [
    'pattern',
    (value, limit) => typeof value !== 'string' || matches(value, limit),
    (limit) => `should match '${limit}'`,
  ],
  [
    'maximum',
    (value, limit, { exclusiveMaximum }) =>
      typeof value !== 'number' || (exclusiveMaximum ? value < limit : value <= limit),
    (limit, { exclusiveMaximum }) => `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${limit}`,
  ],
  [
    'minimum',
    (value, limit, { exclusiveMinimum }) =>
      typeof value !== 'number' || (exclusiveMinimum ? value > limit : value >= limit),
    (limit, { exclusiveMinimum }) =>
      `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${limit}`,
  ],
  [
    'multipleOf',
    (value, limit) => typeof value !== 'number' || Number.isInteger(value / limit),
    (limit) => `should be a multiple of ${limit}`,
  ],
  [
    'minItems',
    (value, limit) => !Array.isArray(value) || value.length >= limit,
    (limit) => `should have at least ${limit} items`,
  ],
  [
    'minProperties',
    (value, limit) => typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length >= limit,
    (limit) => `should have at least ${limit} properties`,
  ],
];

function checkScalar(value: Json, openApi: Json, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [word, holds, text] of limits) {
    const limit = openApi[word];
    if (limit === undefined || holds(value, limit, openApi)) continue;
    errors.push(invalidValue(at, value, `${at} in body ${text(limit, openApi)}`));
  }
  if (typeof value === 'string' && [...value].length > (openApi.maxLength ?? Number.POSITIVE_INFINITY)) {
    const message = `Too long: may not be more than ${openApi.maxLength} bytes`;
    errors.push({ reason: 'FieldValueTooLong', field: at, message });
  }
  if (openApi.enum !== undefined && !openApi.enum.some((it: Json) => sameJson(it, value))) {
    errors.push(
      unsupportedValue(
        at,
        value,
        openApi.enum.map((it: Json) => (typeof it === 'string' ? it : JSON.stringify(it))),
      ),
    );
  }
  if (typeof value === 'string' && openApi.format !== undefined && !isOfFormat(value, openApi.format)) {
    errors.push(
      invalidValue(at, value, `${at} in body must be of type ${openApi.format}: ${JSON.stringify(value)}`),
    );
  }
  return errors;
}

const patterns = new Map<string, RegExp | undefined>();

/** Whether a text matches a pattern of Go's syntax; one that has no counterpart here lets everything pass. */
function matches(value: string, pattern: string): boolean {
  if (!patterns.has(pattern)) {
    try {
      const flags = /^\(\?i\)/.test(pattern) ? 'ui' : 'u';
      const source = pattern
        .replace(/^\(\?i\)/, '')
        .replace(/\(\?P</g, '(?<')
        .replace(/\\z/g, '$')
        .replace(/\\A/g, '^');
      patterns.set(pattern, expression(source, flags));
    } catch {
      patterns.set(pattern, undefined);
    }
  }
  return patterns.get(pattern)?.test(value) ?? true;
}

function expression(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    // Escapes such as `\-` are errors only under the flag for Unicode.
    return new RegExp(source, flags.replace('u', ''));
  }
}

function tooMany(at: string, count: number, limit: number): FieldError {
  return {
    reason: 'FieldValueTooMany',
    field: at,
    message: `Too many: ${count}: must have at most ${limit} items`,
  };
}

function checkList(items: Json[], openApi: Json, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (items.length > (openApi.maxItems ?? Number.POSITIVE_INFINITY))
    errors.push(tooMany(at, items.length, openApi.maxItems));
  items.forEach((item, index) => {
    errors.push(...check(item, openApi.items, `${at}[${index}]`));
  });
  const keys = openApi['x-kubernetes-list-map-keys'];
  const isSet = openApi['x-kubernetes-list-type'] === 'set' || openApi.uniqueItems === true;
  if (!isSet && keys === undefined) return errors;
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const part = isSet ? item : Object.fromEntries(keys.map((key: string) => [key, item?.[key]]));
    const element = JSON.stringify(part);
    if (seen.has(element)) {
      errors.push({
        reason: 'FieldValueDuplicate',
        field: `${at}[${index}]`,
        message: `Duplicate value: ${element}`,
      });
    }
    seen.add(element);
  });
  return errors;
}

function checkFields(value: Json, openApi: Json, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const place = (name: string) => (at === '' ? name : `${at}.${name}`);
  const count = Object.keys(value).length;
  if (count > (openApi.maxProperties ?? Number.POSITIVE_INFINITY))
    errors.push(tooMany(at, count, openApi.maxProperties));
  for (const name of openApi.required ?? [])
    if (value[name] === undefined) errors.push(required(place(name)));
  for (const [name, field] of Object.entries(value)) {
    const own = Object.hasOwn(openApi.properties ?? {}, name)
      ? openApi.properties[name]
      : openApi.additionalProperties;
    if (own !== undefined && typeof own === 'object') errors.push(...check(field, own, place(name)));
  }
  return errors;
}

function checkAlternatives(value: Json, openApi: Json, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const fits = (schema: Json) => check(value, schema, at).length === 0;
  const fail = (text: string) => errors.push(invalidValue(at, '', `${JSON.stringify(at)} ${text}`));
  if (openApi.anyOf !== undefined && !openApi.anyOf.some(fits)) {
    fail('must validate at least one schema (anyOf)');
    errors.push(...closest(openApi.anyOf.map((schema: Json) => check(value, schema, at))));
  }
  if (openApi.oneOf !== undefined) {
    const count = openApi.oneOf.filter(fits).length;
    const found = count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`;
    if (count !== 1) fail(`must validate one and only one schema (oneOf). ${found}`);
  }
  if (openApi.allOf !== undefined) {
    const failed = openApi.allOf
      .map((schema: Json) => check(value, schema, at))
      .filter((it: Json[]) => it.length > 0);
    if (failed.length > 0)
      fail(
        `must validate all the schemas (allOf)${failed.length === openApi.allOf.length ? '. None validated' : ''}`,
      );
    errors.push(...failed.flat());
  }
  if (openApi.not !== undefined && fits(openApi.not)) fail('must not validate the schema (not)');
  return errors;
}

/** Of several alternatives that all failed, what keeps the value from the one that it is nearest to. */
function closest(failures: readonly FieldError[][]): FieldError[] {
  return failures.reduce((best, it) => (it.length < best.length ? it : best), failures[0] ?? []);
}
