import { type Json, type JsonObject, sizeBytes } from '../json.ts';
import { limits } from '../limits.ts';
import { StateFailure } from './failure.ts';

/** The variables of one scope: a machine's, or a branch's, which reads its outer scope but cannot assign there. */
export class Variables {
  readonly #outer: Variables | undefined;
  #values: Readonly<Record<string, Json>> = {};

  constructor(outer?: Variables) {
    this.#outer = outer;
  }

  /** All variables to be seen here, as they are now. */
  snapshot(): Readonly<Record<string, Json>> {
    return this.#outer ? { ...this.#outer.snapshot(), ...this.#values } : this.#values;
  }

  /** Assigns all at once; throws the quota failures that Step Functions has for variables. */
  assign(values: JsonObject): void {
    const outer = this.#outer?.snapshot() ?? {};
    for (const [name, value] of Object.entries(values)) {
      if (name in outer)
        throw new StateFailure('States.Runtime', `variable '${name}' belongs to an outer scope`);
      if (sizeBytes(value) > limits.variableBytes) throw tooLarge(`variable '${name}'`, limits.variableBytes);
    }
    const next = { ...this.#values, ...values };
    if (sizeBytes(next) > limits.variablesBytes) throw tooLarge('all variables', limits.variablesBytes);
    this.#values = next;
  }
}

function tooLarge(what: string, bytes: number): StateFailure {
  return new StateFailure(
    'States.DataLimitExceeded',
    `The size of ${what} exceeds the limit of ${bytes} bytes.`,
  );
}
