import { createRequire } from 'node:module';
import { isIPv4, isIPv6 } from 'node:net';
import type { Json } from '../object.ts';
import { isQuantity, quantity } from '../quantity.ts';

type Evaluate = (context: Json) => unknown;
type Language = typeof import('@marcbachmann/cel-js');

let environment: InstanceType<Language['Environment']> | undefined;
const compiled = new Map<string, Evaluate | undefined>();

/**
 * A CEL expression, ready to be asked; undefined when it cannot be read here. The language is loaded with the first one:
 * most clusters never see any.
 */
export function compile(expression: string): Evaluate | undefined {
  if (!compiled.has(expression)) {
    try {
      environment ??= makeEnvironment();
      compiled.set(expression, environment.parse(expression) as Evaluate);
    } catch {
      compiled.set(expression, undefined);
    }
  }
  return compiled.get(expression);
}

/** What Kubernetes adds to the language. */
function makeEnvironment(): InstanceType<Language['Environment']> {
  const language = createRequire(import.meta.url)('@marcbachmann/cel-js') as Language;
  const made = new language.Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
  });
  const functions: readonly (readonly [string, (...args: never[]) => unknown])[] = [
    ['isURL(string): bool', (text: string) => URL.canParse(text)],
    ['isIP(string): bool', (text: string) => isIPv4(text) || isIPv6(text)],
    ['isQuantity(string): bool', (text: string) => isQuantity(text)],
    [
      'string.find(string): string',
      (text: string, pattern: string) => new RegExp(pattern).exec(text)?.[0] ?? '',
    ],
    [
      'string.findAll(string): list<string>',
      (text: string, pattern: string) => text.match(new RegExp(pattern, 'g')) ?? [],
    ],
    [
      'list.isSorted(): bool',
      (list: Json[]) => list.every((it, index) => index === 0 || list[index - 1] <= it),
    ],
    [
      'list.sum(): dyn',
      (list: Json[]) => list.reduce((sum, it) => sum + it, typeof list[0] === 'bigint' ? 0n : 0),
    ],
    ['list.min(): dyn', (list: Json[]) => list.reduce((least, it) => (it < least ? it : least))],
    ['list.max(): dyn', (list: Json[]) => list.reduce((most, it) => (it > most ? it : most))],
    ['list.indexOf(dyn): int', (list: Json[], item: Json) => BigInt(list.indexOf(item))],
    ['list.lastIndexOf(dyn): int', (list: Json[], item: Json) => BigInt(list.lastIndexOf(item))],
    ['quantity(string): double', (text: string) => quantity(text)],
  ];
  for (const [signature, action] of functions) {
    try {
      made.registerFunction(signature, action as never);
    } catch {
      // The language has this one itself.
    }
  }
  return made;
}

/** JSON as the language sees it: whole numbers are integers there, not doubles. */
export function toExpressionValue(value: Json, openApi: Json): Json {
  if (typeof value === 'number') return isInteger(value, openApi) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => toExpressionValue(item, openApi?.items));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const known = openApi?.properties?.[name] ?? openApi?.additionalProperties;
      return [escaped(name), toExpressionValue(field, known)];
    }),
  );
}

function isInteger(value: number, openApi: Json): boolean {
  return Number.isInteger(value) && openApi?.type !== 'number';
}

const reserved: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Field names that are words of the language are written `__word__`. */
function escaped(name: string): string {
  return reserved.has(name) ? `__${name}__` : name;
}
