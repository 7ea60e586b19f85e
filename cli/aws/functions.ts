import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { RefusedError } from '../cli-error.ts';
import type { ClientSettings } from '../target/settings.ts';

/** What a function answered, as Lambda's Invoke tells it. */
export interface FunctionAnswer {
  readonly payload: string;
  /** `Unhandled` or `Handled` when the function threw; the payload then describes the error. */
  readonly functionError?: string;
}

/** Invokes a function and waits for its answer. */
export async function invoke(
  settings: ClientSettings,
  name: string,
  payload: string,
): Promise<FunctionAnswer> {
  const client = new LambdaClient(settings);
  try {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: name, Payload: Buffer.from(payload) }),
    );
    return {
      payload: Buffer.from(answer.Payload ?? []).toString('utf8'),
      ...(answer.FunctionError === undefined ? {} : { functionError: answer.FunctionError }),
    };
  } finally {
    client.destroy();
  }
}

/** Calls a function with a document. Throws RefusedError with the function's own message when it threw. */
export async function call<Result>(settings: ClientSettings, name: string, input: unknown): Promise<Result> {
  const { payload, functionError } = await invoke(settings, name, JSON.stringify(input));
  if (functionError === undefined) return JSON.parse(payload) as Result;
  const { errorType = functionError, errorMessage = payload } = JSON.parse(payload) as {
    errorType?: string;
    errorMessage?: string;
  };
  throw new RefusedError(`${errorMessage} (${errorType})`);
}
