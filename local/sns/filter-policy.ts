import { invalidParameter } from './errors.ts';

/** A message attribute as it is matched: what it can equal. */
export type AttributeValues = readonly (string | number | boolean | null)[];

type Matcher = (values: AttributeValues | undefined) => boolean;

/** Which messages a subscription wants. */
export interface FilterPolicy {
  matches(attributes: ReadonlyMap<string, AttributeValues>): boolean;
}

const maximumKeys = 5;
const maximumCombinations = 150;

const refused = (reason: string) => invalidParameter(`FilterPolicy: ${reason}`);

/** Reads a policy on message attributes. Throws InvalidParameter for what it does not know, so that nothing is silently unfiltered. */
export function parseFilterPolicy(json: string): FilterPolicy {
  let policy: unknown;
  try {
    policy = JSON.parse(json);
  } catch {
    throw refused('failed to parse JSON');
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy))
    throw refused('must be a JSON object');
  const entries = Object.entries(policy);
  if (entries.length > maximumKeys) throw refused(`can not have more than ${maximumKeys} keys`);
  const combinations = entries.reduce(
    (product, [, conditions]) => product * (Array.isArray(conditions) ? conditions.length : 1),
    1,
  );
  if (combinations > maximumCombinations) throw refused(`is too complex: ${combinations} combinations`);
  const matchers = entries.map(([name, conditions]) => {
    if (!Array.isArray(conditions)) throw refused(`"${name}" must be an object or an array`);
    if (!conditions.length) throw refused(`"${name}" must not be an empty array`);
    return [name, conditions.map((condition) => readCondition(name, condition))] as const;
  });
  return {
    matches: (attributes) =>
      matchers.every(([name, any]) => any.some((matcher) => matcher(attributes.get(name)))),
  };
}

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** Some present value passes. */
const some =
  (test: (value: string | number | boolean | null) => boolean): Matcher =>
  (values) =>
    values?.some(test) ?? false;

const onStrings = (
  name: string,
  operand: unknown,
  test: (value: string, operand: string) => boolean,
): Matcher => {
  if (typeof operand !== 'string' || !operand) throw refused(`"${name}" needs a string to compare with`);
  return some((value) => typeof value === 'string' && test(value, operand));
};

const operators: Readonly<Record<string, (name: string, operand: unknown) => Matcher>> = {
  prefix: (name, operand) => onStrings(name, operand, (value, prefix) => value.startsWith(prefix)),
  suffix: (name, operand) => onStrings(name, operand, (value, suffix) => value.endsWith(suffix)),
  'equals-ignore-case': (name, operand) =>
    onStrings(name, operand, (value, other) => value.toLowerCase() === other.toLowerCase()),
  exists(name, operand) {
    if (typeof operand !== 'boolean') throw refused(`"${name}": exists must be true or false`);
    return (values) => (values !== undefined) === operand;
  },
  'anything-but'(name, operand) {
    const excluded = Array.isArray(operand) ? operand : [operand];
    if (!excluded.length) throw refused(`"${name}": anything-but must not be empty`);
    const matchers = excluded.map((other) =>
      readCondition(name, other, ['prefix', 'suffix', 'equals-ignore-case']),
    );
    return (values) => values !== undefined && !matchers.some((matcher) => matcher(values));
  },
  numeric: (name, operand) => numericRange(name, operand),
};

function readCondition(
  name: string,
  condition: unknown,
  allowed: readonly string[] = Object.keys(operators),
): Matcher {
  if (isScalar(condition)) return some((value) => value === condition);
  const [operator = '', ...more] = Object.keys(condition as object);
  const read = allowed.includes(operator) ? operators[operator] : undefined;
  if (!read || more.length || Array.isArray(condition))
    throw refused(`Unrecognized match type ${operator || JSON.stringify(condition)}`);
  return read(name, (condition as Record<string, unknown>)[operator]);
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numericRange(name: string, operand: unknown): Matcher {
  if (!Array.isArray(operand) || ![2, 4].includes(operand.length)) {
    throw refused(`"${name}": numeric must be one comparison or a range`);
  }
  const tests = Array.from({ length: operand.length / 2 }, (_, index) => {
    const compare = comparisons[String(operand[index * 2])];
    const bound: unknown = operand[index * 2 + 1];
    if (!compare || typeof bound !== 'number')
      throw refused(`"${name}": Unrecognized numeric range operator: ${operand[index * 2]}`);
    return (value: number) => compare(value, bound);
  });
  return some((value) => typeof value === 'number' && tests.every((test) => test(value)));
}
