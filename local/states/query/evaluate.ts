import type { Json } from '../json.ts';
import { isQuery, parseQuery, queryText } from './expression.ts';
import { type QuerySources, queryFunctions } from './functions.ts';
import { toPlain } from './plain.ts';

/** What an expression sees: `$states` and the variables. */
export interface QueryScope extends QuerySources {
  readonly states: { readonly [key: string]: unknown };
  readonly variables: Readonly<Record<string, Json>>;
}

/** An expression that gave nothing, threw, or gave something else than its field takes. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** The field, as the history's EvaluationFailed event gives it: `Arguments/Payload/id`. */
  readonly location: string;

  constructor(location: string, expression: string, reason: string) {
    super(`The JSONata expression '${expression}' specified for the field '${location}' ${reason}`);
    this.location = location;
  }
}

async function evaluateQuery(value: string, location: string, scope: QueryScope): Promise<Json> {
  const text = queryText(value);
  let result: unknown;
  try {
    const bindings = { ...queryFunctions(scope), ...scope.variables, states: scope.states };
    result = await parseQuery(text).evaluate(undefined, bindings);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new QueryError(
      location,
      text,
      `threw an error during evaluation. ${code ? `${code}: ` : ''}${message}`,
    );
  }
  if (result === undefined) throw new QueryError(location, text, 'returned nothing (undefined).');
  try {
    return toPlain(result);
  } catch (error) {
    throw new QueryError(location, text, `returned an unsupported result type: ${(error as Error).message}.`);
  }
}

/** Evaluates every `{% … %}` in a template; throws `QueryError`. */
export async function evaluateTemplate(template: Json, location: string, scope: QueryScope): Promise<Json> {
  if (isQuery(template)) return evaluateQuery(template, location, scope);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [index, item] of template.entries()) {
      items.push(await evaluateTemplate(item, `${location}[${index}]`, scope));
    }
    return items;
  }
  const members: [string, Json][] = [];
  for (const [key, item] of Object.entries(template)) {
    members.push([key, await evaluateTemplate(item as Json, `${location}/${key}`, scope)]);
  }
  return Object.fromEntries(members);
}
