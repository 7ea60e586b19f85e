import type { FieldError } from '../errors.ts';
import { type Json, sameJson } from '../object.ts';
import { keyOf } from '../schema/schema.ts';
import { compile, toExpressionValue } from './expressions.ts';

interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: FieldError['reason'];
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/**
 * What of a value breaks its schema's `x-kubernetes-validations`. Rules about changes are asked only where there was a value
 * before. A rule that this cluster cannot read or evaluate lets everything pass.
 */
export function checkRules(value: Json, before: Json, openApi: Json, at: string): FieldError[] {
  if (value === undefined || value === null || openApi === undefined) return [];
  const own = ((openApi['x-kubernetes-validations'] ?? []) as Rule[]).flatMap((rule) =>
    ask(rule, value, before, openApi, at),
  );
  return [...own, ...checkParts(value, before, openApi, at)];
}

function checkParts(value: Json, before: Json, openApi: Json, at: string): FieldError[] {
  if (typeof value !== 'object') return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      checkRules(item, counterpart(item, before, openApi), openApi.items, `${at}[${index}]`),
    );
  }
  return Object.entries(value).flatMap(([name, field]) => {
    const own = Object.hasOwn(openApi.properties ?? {}, name)
      ? openApi.properties[name]
      : openApi.additionalProperties;
    if (own === undefined || typeof own !== 'object') return [];
    return checkRules(field, before?.[name], own, at === '' ? name : `${at}.${name}`);
  });
}

/** Only items of keyed lists can be told to be the same as before. */
function counterpart(item: Json, before: Json, openApi: Json): Json {
  const keys = openApi['x-kubernetes-list-map-keys'];
  if (!Array.isArray(before) || keys === undefined) return undefined;
  const relation = { kind: 'map', keys, defaults: {} } as const;
  return before.find((it) => sameJson(keyOf(it, relation), keyOf(item, relation)));
}

function ask(rule: Rule, value: Json, before: Json, openApi: Json, at: string): FieldError[] {
  const isTransition = /\boldSelf\b/.test(rule.rule);
  if (isTransition && (before === undefined || before === null)) return [];
  const context = { self: toExpressionValue(value, openApi), oldSelf: toExpressionValue(before, openApi) };
  if (answer(rule.rule, context) !== false) return [];
  const said = rule.messageExpression === undefined ? undefined : answer(rule.messageExpression, context);
  const detail = typeof said === 'string' ? said : (rule.message ?? `failed rule: ${rule.rule}`);
  const field = `${at}${rule.fieldPath ?? ''}`;
  return [fieldError(rule.reason ?? 'FieldValueInvalid', field === '' ? '<nil>' : field, value, detail)];
}

function answer(expression: string, context: Json): unknown {
  try {
    return compile(expression)?.(context);
  } catch {
    return undefined;
  }
}

function fieldError(reason: FieldError['reason'], field: string, value: Json, detail: string): FieldError {
  const shown = typeof value === 'object' ? '' : ` ${JSON.stringify(value)}:`;
  const words: Partial<Record<FieldError['reason'], string>> = {
    FieldValueForbidden: `Forbidden: ${detail}`,
    FieldValueRequired: `Required value: ${detail}`,
    FieldValueDuplicate: `Duplicate value:${shown.replace(/:$/, '')}`,
  };
  return { reason, field, message: words[reason] ?? `Invalid value:${shown} ${detail}` };
}
