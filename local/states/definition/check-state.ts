import { isObject, type JsonObject } from '../json.ts';
import { isQuery } from '../query/expression.ts';
import type { State } from './asl.ts';
import { everyStateField, jsonPathFields, stateFields, unservedFields } from './fields.ts';
import type { Problems } from './problems.ts';

const isText = (value: unknown) => typeof value === 'string';
const isTextNotEmpty = (value: unknown) => typeof value === 'string' && value !== '';
const isNumberOrQuery = (value: unknown) => (Number.isInteger(value) && Number(value) >= 0) || isQuery(value);
const isList = (value: unknown) => Array.isArray(value) && value.length > 0;

/** The form of each field whose form does not depend on the state's type. */
const forms: Readonly<Record<string, [what: string, test: (value: unknown) => boolean]>> = {
  Resource: ['a resource ARN', isTextNotEmpty],
  Next: ['a state name', isTextNotEmpty],
  Default: ['a state name', isTextNotEmpty],
  End: ['true', (value) => value === true],
  Assign: ['an object', isObject],
  Comment: ['a string', isText],
  Error: ['a string', isText],
  Cause: ['a string', isText],
  TimeoutSeconds: ['a positive integer or a JSONata expression', (v) => isNumberOrQuery(v) && v !== 0],
  HeartbeatSeconds: ['a positive integer or a JSONata expression', (v) => isNumberOrQuery(v) && v !== 0],
  Seconds: ['an integer or a JSONata expression', isNumberOrQuery],
  Timestamp: ['a timestamp or a JSONata expression', isText],
  MaxConcurrency: ['an integer or a JSONata expression', isNumberOrQuery],
  Items: ['an array or a JSONata expression', (value) => Array.isArray(value) || isQuery(value)],
  Choices: ['a list that is not empty', isList],
  Branches: ['a list that is not empty', isList],
  ItemProcessor: ['an object', isObject],
  Retry: ['a list', Array.isArray],
  Catch: ['a list', Array.isArray],
};

/** Whether a state has a known type, that type's fields and no others, each of its form; reports what is not so. */
export function checkStateFields(
  state: unknown,
  path: string,
  problems: Problems,
): state is State & JsonObject {
  const type = isObject(state) ? String(state.Type) : '';
  const fields = stateFields[type as State['Type']];
  if (!isObject(state) || !fields) {
    problems.schema(`Type '${type}' is none of ${Object.keys(stateFields).join(', ')}`, `${path}/Type`);
    return false;
  }
  const before = problems.found.length;
  if (state.QueryLanguage !== undefined && state.QueryLanguage !== 'JSONata') {
    problems.schema(
      `QueryLanguage '${state.QueryLanguage}' is not served, only 'JSONata'`,
      `${path}/QueryLanguage`,
    );
  }
  const known = [...everyStateField, ...fields.required, ...fields.optional];
  problems.unknownFields(state, known, path, { jsonPath: jsonPathFields, unserved: unservedFields });
  for (const field of fields.required) {
    if (state[field] === undefined) problems.schema(`The field '${field}' is required but was missing`, path);
  }
  for (const [field, value] of Object.entries(state)) {
    const [what, test] = forms[field] ?? [];
    if (test && !test(value))
      problems.schema(`The field '${field}' is not ${what}: ${JSON.stringify(value)}`, `${path}/${field}`);
  }
  exactlyOne(state, ['Next', 'End'], fields.optional.includes('Next'), path, problems);
  exactlyOne(state, ['Seconds', 'Timestamp'], type === 'Wait', path, problems);
  if (problems.found.length === before) checkParts(state as State & JsonObject, path, problems);
  return problems.found.length === before;
}

function exactlyOne(
  state: JsonObject,
  pair: readonly string[],
  applies: boolean,
  path: string,
  problems: Problems,
): void {
  const present = pair.filter((field) => state[field] !== undefined);
  if (applies && present.length !== 1) problems.schema(`Exactly one of ${pair.join(', ')} is required`, path);
}

function checkParts(state: State & JsonObject, path: string, problems: Problems): void {
  if (state.Type === 'Choice') {
    for (const [index, rule] of state.Choices.entries())
      checkRule(rule, `${path}/Choices[${index}]`, problems);
  }
  if (state.Type !== 'Map') return;
  const { ProcessorConfig = {} } = state.ItemProcessor as unknown as { ProcessorConfig?: JsonObject };
  const { Mode = 'INLINE' } = ProcessorConfig;
  if (Mode !== 'INLINE') {
    problems.schema(
      `Mode '${Mode}' is not served by the laptop cloud, only 'INLINE'`,
      `${path}/ItemProcessor/ProcessorConfig`,
    );
  }
}

const ruleFields = ['Condition', 'Next', 'Assign', 'Output', 'Comment'];

function checkRule(rule: unknown, path: string, problems: Problems): void {
  if (!isObject(rule)) {
    problems.schema('A choice rule is not an object', path);
    return;
  }
  problems.unknownFields(rule, ruleFields, path, { jsonPath: jsonPathFields, unserved: unservedFields });
  if (!isTextNotEmpty(rule.Next)) problems.schema("The field 'Next' is required but was missing", path);
  if (typeof rule.Condition !== 'boolean' && !isQuery(rule.Condition)) {
    problems.schema("The field 'Condition' is not a boolean or a JSONata expression", `${path}/Condition`);
  }
}
