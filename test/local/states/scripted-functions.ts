import type { InvocationResult, LambdaInvoker } from '../../../local/lambda/invoker.ts';

/** A fake function: its answer, or a throw. `call` counts its invocations from 1. */
// biome-ignore lint/suspicious/noExplicitAny: a payload is whatever the state machine under test sends
export type ScriptedFunction = (payload: any, call: number) => unknown;

/** Thrown by a scripted function to fail as a Lambda function does: its name becomes the error that ErrorEquals sees. */
export class FunctionError extends Error {
  override readonly name: string;

  constructor(errorType: string, message = 'scripted failure') {
    super(message);
    this.name = errorType;
  }
}

/** Thrown by a scripted function to have Invoke itself fail: `TooManyRequestsException` and the like. */
export class InvokeError extends FunctionError {}

export interface Invocation {
  readonly name: string;
  readonly payload: unknown;
}

/**
 * A table of fake functions, found by the name at the end of whatever ARN, version or alias is invoked. A name that the
 * table does not have fails as Lambda does.
 */
export class ScriptedFunctions implements LambdaInvoker {
  readonly invocations: Invocation[] = [];
  readonly #functions: Readonly<Record<string, ScriptedFunction>>;

  constructor(functions: Readonly<Record<string, ScriptedFunction>> = {}) {
    this.#functions = functions;
  }

  /** The payloads that one function was invoked with. */
  payloadsOf(name: string): unknown[] {
    return this.invocations.filter((invocation) => invocation.name === name).map(({ payload }) => payload);
  }

  async invoke(functionName: string, payload: string): Promise<InvocationResult> {
    const name = shortName(functionName);
    const scripted = this.#functions[name];
    if (!scripted)
      throw new FunctionError('ResourceNotFoundException', `Function not found: ${functionName}`);
    this.invocations.push({ name, payload: JSON.parse(payload) });
    try {
      const answer = await scripted(JSON.parse(payload), this.payloadsOf(name).length);
      return { kind: 'success', payload: JSON.stringify(answer ?? null) };
    } catch (thrown) {
      if (thrown instanceof InvokeError) throw thrown;
      const { name: errorType, message: errorMessage } = thrown as Error;
      return {
        kind: 'error',
        errorType,
        errorMessage,
        payload: JSON.stringify({ errorType, errorMessage, trace: [] }),
      };
    }
  }

  invokeAsync(functionName: string, payload: string): void {
    void this.invoke(functionName, payload);
  }
}

function shortName(functionName: string): string {
  const [, fromArn] = /:function:([^:]+)/.exec(functionName) ?? [];
  return fromArn ?? functionName.replace(/:.*$/, '');
}
