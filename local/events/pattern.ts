/** An event pattern as EventBridge defines it. */
export type EventPattern = { readonly [key: string]: unknown };

/** A pattern that EventBridge would refuse; the message names the place. */
export class InvalidPatternError extends Error {
  override readonly name = 'InvalidPatternError';
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`Event pattern at "${path}": ${problem}`);
    this.path = path;
  }
}

/**
 * True when the event matches. Throws `InvalidPatternError` for a pattern that is not valid.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return matchesObject(pattern, [event], '');
}

/** Throws `InvalidPatternError` unless every part of the pattern is valid. */
export function checkPattern(pattern: EventPattern): void {
  checkObject(pattern, '');
}

function checkObject(pattern: EventPattern, path: string): void {
  for (const [key, part] of Object.entries(pattern)) {
    const where = path ? `${path}.${key}` : key;
    if (key === '$or') for (const option of alternatives(part, where)) checkObject(option, where);
    else if (isObject(part)) checkObject(part, where);
    else for (const condition of conditions(part, where)) matcher(condition, where);
  }
}

/**
 * `values` are all the values found at this place: an array in the event stands for each of its items.
 * One of them must meet every part by itself; where there is none, absence is all that can match.
 */
function matchesObject(pattern: EventPattern, values: readonly unknown[], path: string): boolean {
  const objects = values.filter(isObject);
  return (objects.length > 0 ? objects : [{}]).some((object) => matchesParts(pattern, object, path));
}

function matchesParts(pattern: EventPattern, object: EventPattern, path: string): boolean {
  return Object.entries(pattern).every(([key, part]) => {
    const where = path ? `${path}.${key}` : key;
    if (key === '$or') return alternatives(part, where).some((option) => matchesParts(option, object, path));
    const found = Object.hasOwn(object, key) ? flatten(object[key]) : [];
    if (isObject(part)) return matchesObject(part, found, where);
    return conditions(part, where).some((condition) => matcher(condition, where)(leaves(found)));
  });
}

const flatten = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.flatMap(flatten) : [value];
const leaves = (values: readonly unknown[]): readonly unknown[] => values.filter((value) => !isObject(value));

function alternatives(part: unknown, path: string): readonly EventPattern[] {
  if (Array.isArray(part) && part.length > 1 && part.every(isObject)) return part;
  throw new InvalidPatternError(path, '"$or" needs a list of at least two objects');
}

function conditions(part: unknown, path: string): readonly unknown[] {
  if (Array.isArray(part) && part.length > 0) return part;
  throw new InvalidPatternError(path, `expected a list of values or an object, not ${JSON.stringify(part)}`);
}

/** Decides on all leaves at one place; most conditions hold when any leaf meets them. */
type Matcher = (found: readonly unknown[]) => boolean;
type Test = (value: unknown) => boolean;

const any =
  (test: Test): Matcher =>
  (found) =>
    found.some(test);

function matcher(condition: unknown, path: string): Matcher {
  if (!isObject(condition)) return any((value) => value === condition);
  const [name, ...others] = Object.keys(condition);
  const make = name === undefined || others.length > 0 ? undefined : operators[name];
  if (!make) throw new InvalidPatternError(path, `${JSON.stringify(condition)} is no known condition`);
  return make(condition[name as string], path);
}

const operators: Readonly<Record<string, (argument: unknown, path: string) => Matcher>> = {
  exists: (argument, path) => {
    if (typeof argument !== 'boolean') throw new InvalidPatternError(path, '"exists" takes true or false');
    return (found) => found.length > 0 === argument;
  },
  prefix: (argument, path) => any(affix(argument, path, 'prefix', (value, text) => value.startsWith(text))),
  suffix: (argument, path) => any(affix(argument, path, 'suffix', (value, text) => value.endsWith(text))),
  'equals-ignore-case': (argument, path) => {
    const wanted = text(argument, path, 'equals-ignore-case').toLowerCase();
    return any((value) => typeof value === 'string' && value.toLowerCase() === wanted);
  },
  wildcard: (argument, path) => any(wildcard(text(argument, path, 'wildcard'))),
  cidr: (argument, path) => any(cidr(text(argument, path, 'cidr'), path)),
  numeric: (argument, path) => any(numeric(argument, path)),
  'anything-but': (argument, path) => any(anythingBut(argument, path)),
};

function affix(
  argument: unknown,
  path: string,
  name: string,
  test: (value: string, wanted: string) => boolean,
): Test {
  if (isObject(argument)) {
    const wanted = text(argument['equals-ignore-case'], path, name).toLowerCase();
    return (value) => typeof value === 'string' && test(value.toLowerCase(), wanted);
  }
  const wanted = text(argument, path, name);
  return (value) => typeof value === 'string' && test(value, wanted);
}

/** `*` stands for any characters; a backslash takes the next character as it is. */
function wildcard(pattern: string): Test {
  const source = pattern.replace(/\\(.)|([\s\S])/g, (_whole, escaped?: string, plain?: string) => {
    if (escaped === undefined && plain === '*') return '[\\s\\S]*';
    return (escaped ?? plain ?? '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  const expression = new RegExp(`^${source}$`);
  return (value) => typeof value === 'string' && expression.test(value);
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numeric(argument: unknown, path: string): Test {
  const parts: readonly unknown[] = Array.isArray(argument) ? argument : [];
  if (parts.length !== 2 && parts.length !== 4) {
    throw new InvalidPatternError(path, '"numeric" takes one or two comparisons, as in [">", 0, "<=", 5]');
  }
  const tests = [0, 2].slice(0, parts.length / 2).map((index) => {
    const [compare, bound] = [comparisons[String(parts[index])], parts[index + 1]];
    if (!compare || typeof bound !== 'number') {
      throw new InvalidPatternError(path, `"numeric" does not know ${JSON.stringify(argument)}`);
    }
    return (value: number) => compare(value, bound);
  });
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

/** Conditions that `anything-but` can turn round, besides plain values. */
const negatable = new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard']);

function anythingBut(argument: unknown, path: string): Test {
  const items: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  if (items.length === 0) throw new InvalidPatternError(path, '"anything-but" needs a value');
  const tests = items.flatMap((item): readonly Matcher[] => {
    if (!isObject(item)) return [any((value) => value === item)];
    const [name = '', ...others] = Object.keys(item);
    if (others.length > 0 || !negatable.has(name)) {
      throw new InvalidPatternError(path, `"anything-but" does not take ${JSON.stringify(item)}`);
    }
    const wanted: readonly unknown[] = Array.isArray(item[name]) ? item[name] : [item[name]];
    return wanted.map((one) => matcher({ [name]: one }, path));
  });
  return (value) => !tests.some((test) => test([value]));
}

function cidr(range: string, path: string): Test {
  const [base = '', bits = ''] = range.split('/');
  const network = address(base);
  const length = Number(bits);
  if (network === undefined || !/^\d+$/.test(bits) || length > 32) {
    throw new InvalidPatternError(path, `"cidr" takes an IPv4 range, not "${range}"`);
  }
  const size = 2 ** (32 - length);
  return (value) => {
    const found = typeof value === 'string' ? address(value) : undefined;
    return found !== undefined && Math.floor(found / size) === Math.floor(network / size);
  };
}

function address(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  const isAddress =
    parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  return isAddress ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

function text(value: unknown, path: string, name: string): string {
  if (typeof value === 'string') return value;
  throw new InvalidPatternError(path, `"${name}" takes a string, not ${JSON.stringify(value)}`);
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
