import { isObject, type Json, type JsonObject } from './document.ts';
import { TemplateError } from './template-error.ts';

/** What `AWS::NoValue` resolves to: the key or the list item that holds it disappears. */
export const noValue: unique symbol = Symbol('AWS::NoValue');
export type Resolved = Json | typeof noValue;

/** What intrinsic functions need to know of the template around them. */
export interface Scope {
  ref(name: string, where: string): Resolved;
  attribute(logicalId: string, attribute: string, where: string): string;
  condition(name: string, where: string): boolean;
  mapping(map: string, first: string, second: string): Json | undefined;
}

type Intrinsic = (argument: Json, scope: Scope, where: string) => Resolved;

/** Resolves every intrinsic function inside `value`. Throws `TemplateError` naming `where`. */
export function resolve(value: Json, scope: Scope, where: string): Resolved {
  if (typeof value === 'string') return withoutDynamicReference(value, where);
  if (Array.isArray(value)) {
    return value
      .map((item: Json, index) => resolve(item, scope, `${where}[${index}]`))
      .filter((item) => item !== noValue);
  }
  if (!isObject(value)) return value;
  const [key, ...others] = Object.keys(value);
  if (key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    const intrinsic = intrinsics[key];
    if (!intrinsic) throw new TemplateError(where, `"${key}" is not played by the laptop cloud`);
    return intrinsic(value[key] as Json, scope, where);
  }
  return resolveEntries(value, scope, where);
}

function resolveEntries(value: JsonObject, scope: Scope, where: string): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const resolved = resolve(item, scope, `${where}.${key}`);
    if (resolved !== noValue) entries.push([key, resolved]);
  }
  return Object.fromEntries(entries);
}

function withoutDynamicReference(text: string, where: string): string {
  if (text.includes('{{resolve:')) {
    throw new TemplateError(where, `the dynamic reference "${text}" is not played by the laptop cloud`);
  }
  return text;
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope, where) => scope.ref(text(argument, where), where),
  'Fn::GetAtt': (argument, scope, where) => {
    const parts = Array.isArray(argument)
      ? argument.map((part: Json) => text(resolve(part, scope, where), where))
      : split(text(argument, where));
    const [logicalId, attribute] = [parts[0] ?? '', parts.slice(1).join('.')];
    return scope.attribute(logicalId, attribute, where);
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope, where) => {
    const [separator, items] = list(argument, where);
    return list(resolve(items ?? null, scope, where), where)
      .map((item) => text(item, where))
      .join(text(separator, where));
  },
  'Fn::Split': (argument, scope, where) => {
    const [separator, source] = list(argument, where);
    return text(resolve(source ?? null, scope, where), where).split(text(separator, where));
  },
  'Fn::Select': (argument, scope, where) => {
    const [index, items] = list(argument, where).map((part) => resolve(part, scope, where));
    const chosen = list(items, where)[Number(index)];
    if (chosen === undefined) throw new TemplateError(where, `"Fn::Select" has no item ${String(index)}`);
    return chosen;
  },
  'Fn::If': (argument, scope, where) => {
    const [name, whenTrue, whenFalse] = list(argument, where);
    return resolve((scope.condition(text(name, where), where) ? whenTrue : whenFalse) ?? null, scope, where);
  },
  'Fn::Equals': (argument, scope, where) => {
    const [left, right] = list(argument, where).map((part) => JSON.stringify(resolve(part, scope, where)));
    return left === right;
  },
  'Fn::Not': (argument, scope, where) => !truth(list(argument, where)[0], scope, where),
  'Fn::And': (argument, scope, where) => list(argument, where).every((part) => truth(part, scope, where)),
  'Fn::Or': (argument, scope, where) => list(argument, where).some((part) => truth(part, scope, where)),
  'Fn::FindInMap': (argument, scope, where) => {
    const [map = '', first = '', second = ''] = list(argument, where).map((part) =>
      text(resolve(part, scope, where), where),
    );
    const found = scope.mapping(map, first, second);
    if (found === undefined) throw new TemplateError(where, `Mappings has no "${map}.${first}.${second}"`);
    return resolve(found, scope, where);
  },
  'Fn::Base64': (argument, scope, where) =>
    Buffer.from(text(resolve(argument, scope, where), where)).toString('base64'),
  'Fn::ToJsonString': (argument, scope, where) => JSON.stringify(resolve(argument, scope, where)),
  'Fn::Length': (argument, scope, where) => list(resolve(argument, scope, where), where).length,
  'Fn::ImportValue': (argument, _scope, where) => {
    throw new TemplateError(
      where,
      `"Fn::ImportValue" ${JSON.stringify(argument)}: the laptop cloud has one stack only, so nothing exports this`,
    );
  },
};

/** A condition's value: an intrinsic that answers a boolean, or `{Condition: name}`. */
export function truth(value: Json | undefined, scope: Scope, where: string): boolean {
  if (isObject(value) && typeof value.Condition === 'string') return scope.condition(value.Condition, where);
  const resolved = resolve(value ?? null, scope, where);
  if (resolved === true || resolved === 'true') return true;
  if (resolved === false || resolved === 'false') return false;
  throw new TemplateError(where, `a condition must be true or false, not ${JSON.stringify(resolved)}`);
}

function substitute(argument: Json, scope: Scope, where: string): string {
  const [template, ownValues] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isObject(ownValues) ? ownValues : {};
  return withoutDynamicReference(text(template, where), where).replace(
    /\$\{([^}]*)\}/g,
    (whole, inner: string) => {
      const name = inner.trim();
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(own, name)) return text(resolve(own[name] as Json, scope, where), where);
      if (name === '') throw new TemplateError(where, `"Fn::Sub" has an empty "${whole}"`);
      return text(reference(name, scope, where), where);
    },
  );
}

/** `${Name}` is a Ref, `${Name.Attribute}` a GetAtt; SAM's `${Name.Alias}` is a Ref that only the scope can tell. */
function reference(name: string, scope: Scope, where: string): Resolved {
  const [logicalId, attribute] = split(name);
  return attribute === undefined
    ? scope.ref(name, where)
    : scope.attribute(logicalId ?? '', attribute, where);
}

function split(name: string): readonly string[] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

function list(value: Resolved | undefined, where: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(where, `expected a list, not ${JSON.stringify(value)}`);
}

function text(value: Resolved | undefined, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(where, `expected a string, not ${JSON.stringify(value)}`);
}
