import { type Json, type JsonObject, sizeBytes } from '../json.ts';
import { limits } from '../limits.ts';
import { evaluateTemplate, QueryError } from '../query/evaluate.ts';
import { StateFailure } from './failure.ts';
import type { Outcome } from './outcome.ts';
import type { Thread } from './thread.ts';

interface Leaving {
  readonly Next?: string;
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

/** One stay in one state, over all its retries. */
export class Visit {
  readonly thread: Thread;
  readonly name: string;
  readonly input: Json;
  readonly enteredId: number;
  readonly #enteredTime: string;
  /** `$states.context.Task.Token` while a task waits for a callback. */
  token: string | undefined;
  retryCount = 0;

  constructor(thread: Thread, name: string, input: Json, enteredId: number) {
    this.thread = thread;
    this.name = name;
    this.input = input;
    this.enteredId = enteredId;
    this.#enteredTime = new Date(thread.run.services.clock.now()).toISOString();
  }

  /**
   * Evaluates a field. `$states` has input and context, and what `more` adds (result, errorOutput).
   * Throws a `States.QueryEvaluationError` failure.
   */
  async evaluate(template: Json, field: string, more: JsonObject = {}, mapItem?: Json): Promise<Json> {
    const { clock, random } = this.thread.run.services;
    const states = { input: this.input, context: this.#context(mapItem), ...more };
    const variables = this.thread.variables.snapshot();
    try {
      return await evaluateTemplate(template, field, { clock, random, states, variables });
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      throw this.queryFailure(error.message, error.location);
    }
  }

  /** A failure of this state that names it, as Step Functions words those it finds itself. */
  failure(error: string, message: string, location?: string): StateFailure {
    const where = `An error occurred while executing the state '${this.name}' (entered at the event id #${this.enteredId}).`;
    return new StateFailure(error, `${where} ${message}`, location);
  }

  queryFailure(message: string, location: string): StateFailure {
    return this.failure('States.QueryEvaluationError', message, location);
  }

  /** An expression's value that is not of the type its field takes. */
  wrongType(value: Json, field: string, expected: string): StateFailure {
    const text = JSON.stringify(value);
    return this.queryFailure(
      `The JSONata expression specified for the field '${field}' returned an unexpected result type. ` +
        `Expected '${expected}', but was '${typeName(value)}' for value: ${text.slice(0, 200)}`,
      field,
    );
  }

  /** Evaluates a field that takes a whole number of at least `least`. */
  async integer(
    template: Json,
    field: string,
    { least, most }: { least: number; most: number },
  ): Promise<number> {
    const value = await this.evaluate(template, field);
    if (typeof value !== 'number' || !Number.isInteger(value)) throw this.wrongType(value, field, 'integer');
    if (value < least || value > most) {
      throw this.queryFailure(
        `The field '${field}' must be between ${least} and ${most}, but was ${value}.`,
        field,
      );
    }
    return value;
  }

  /** Throws `States.DataLimitExceeded` for a payload over 256 KiB. */
  checkSize(value: Json, what: string): void {
    if (sizeBytes(value) <= limits.payloadBytes) return;
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The state/task '${this.name}' ${what} with a size exceeding the maximum number of bytes service limit.`,
    );
  }

  /** Evaluates Assign and Output, both with the variables as they were when the state was entered. */
  async leave(how: Leaving, plain: Json, more: JsonObject = {}, path = ''): Promise<Outcome> {
    const assigned = how.Assign && ((await this.evaluate(how.Assign, `${path}Assign`, more)) as JsonObject);
    const output = how.Output === undefined ? plain : await this.evaluate(how.Output, `${path}Output`, more);
    this.checkSize(output, 'returned a result');
    return { next: how.Next, output, assigned };
  }

  #context(mapItem: Json | undefined = this.thread.mapItem): JsonObject {
    return {
      ...this.thread.run.context,
      State: { EnteredTime: this.#enteredTime, Name: this.name, RetryCount: this.retryCount },
      ...(mapItem === undefined ? {} : { Map: { Item: mapItem } }),
      ...(this.token === undefined ? {} : { Task: { Token: this.token } }),
    };
  }
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
