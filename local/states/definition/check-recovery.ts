import { isObject, type JsonObject } from '../json.ts';
import { limits } from '../limits.ts';
import type { State } from './asl.ts';
import { jsonPathFields, unservedFields } from './fields.ts';
import type { Problems } from './problems.ts';

const retrierFields = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
const catcherFields = ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'];

const isInteger = (value: unknown, least: number, most: number) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

/** The ranges of a retrier's numbers (developer guide, "Retrying after an error"). */
const ranges: Readonly<Record<string, [what: string, test: (value: unknown) => boolean]>> = {
  IntervalSeconds: ['a positive integer', (value) => isInteger(value, 1, limits.waitSeconds)],
  MaxAttempts: ['an integer from 0 to 99999999', (value) => isInteger(value, 0, limits.waitSeconds)],
  BackoffRate: ['a number of at least 1', (value) => typeof value === 'number' && value >= 1],
  MaxDelaySeconds: ['an integer from 1 to 31622400', (value) => isInteger(value, 1, 31_622_400)],
  JitterStrategy: ["'FULL' or 'NONE'", (value) => value === 'FULL' || value === 'NONE'],
};

/** Reports wrong retriers and catchers of a state. */
export function checkRecovery(state: State & JsonObject, path: string, problems: Problems): void {
  const { Retry = [], Catch = [] } = state as JsonObject as { Retry?: unknown[]; Catch?: unknown[] };
  for (const [index, retrier] of Retry.entries()) {
    const place = `${path}/Retry[${index}]`;
    if (!checkErrorEquals(retrier, index === Retry.length - 1, retrierFields, place, problems)) continue;
    for (const [field, [what, test]] of Object.entries(ranges)) {
      const value = retrier[field];
      if (value !== undefined && !test(value))
        problems.schema(`${field} '${value}' is not ${what}`, `${place}/${field}`);
    }
    const { IntervalSeconds = 1, MaxDelaySeconds } = retrier;
    if (MaxDelaySeconds !== undefined && Number(MaxDelaySeconds) <= Number(IntervalSeconds)) {
      problems.schema('MaxDelaySeconds must be greater than IntervalSeconds', place);
    }
  }
  for (const [index, catcher] of Catch.entries()) {
    const place = `${path}/Catch[${index}]`;
    if (!checkErrorEquals(catcher, index === Catch.length - 1, catcherFields, place, problems)) continue;
    if (typeof catcher.Next !== 'string')
      problems.schema("The field 'Next' is required but was missing", place);
    if (catcher.Assign !== undefined && !isObject(catcher.Assign)) {
      problems.schema("The field 'Assign' is not an object", `${place}/Assign`);
    }
  }
}

function checkErrorEquals(
  value: unknown,
  isLast: boolean,
  fields: readonly string[],
  path: string,
  problems: Problems,
): value is JsonObject {
  const names = isObject(value) ? value.ErrorEquals : undefined;
  if (
    !isObject(value) ||
    !Array.isArray(names) ||
    names.length === 0 ||
    names.some((name) => typeof name !== 'string')
  ) {
    problems.schema('ErrorEquals is not a list of error names', `${path}/ErrorEquals`);
    return false;
  }
  problems.unknownFields(value, fields, path, { jsonPath: jsonPathFields, unserved: unservedFields });
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    problems.schema("'States.ALL' must stand alone and last", `${path}/ErrorEquals`);
  }
  return true;
}
