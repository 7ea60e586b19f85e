import { functionArn } from '../../iam/services/lambda.ts';
import type { LambdaInvoker } from '../../lambda/invoker.ts';
import type { Json, JsonObject } from '../json.ts';
import { type ServiceAction, type TaskCall, TaskError } from './action.ts';
import { accessDenied, fromFunctionError, fromInvokeError, payloadOf } from './lambda-errors.ts';

/** Invokes a function and returns its answer; throws `TaskError`. */
export async function invokeFunction(
  invoker: LambdaInvoker,
  functionName: string,
  payload: Json,
): Promise<Json> {
  const result = await invoker.invoke(functionName, JSON.stringify(payload)).catch((thrown: unknown) => {
    throw fromInvokeError(thrown);
  });
  if (result.kind === 'error') throw fromFunctionError(result);
  return payloadOf(result.payload);
}

/** Throws `TaskError` when the machine's role may not invoke the function. */
export function checkInvocation(functionName: string, region: string, call: TaskCall): void {
  const resource = functionArn(functionName, { region });
  const why = call.whyDenied({ action: 'lambda:InvokeFunction', resource });
  if (why !== undefined) throw accessDenied(why);
}

/** `arn:aws:states:::lambda:invoke`. */
export function lambdaInvoke(invoker: LambdaInvoker, region: string): ServiceAction {
  return {
    name: 'lambda:invoke',
    patterns: ['request', 'waitForTaskToken'],
    parameters: {
      FunctionName: 'required',
      Payload: 'optional',
      InvocationType: 'optional',
      Qualifier: 'optional',
    },
    async request(parameters: JsonObject, _pattern, call) {
      const { FunctionName, Payload = {}, InvocationType = 'RequestResponse', Qualifier } = parameters;
      if (typeof FunctionName !== 'string') {
        throw new TaskError(
          'States.Runtime',
          `FunctionName '${JSON.stringify(FunctionName)}' is not a string`,
        );
      }
      const target = typeof Qualifier === 'string' ? `${FunctionName}:${Qualifier}` : FunctionName;
      checkInvocation(target, region, call);
      if (InvocationType === 'Event') {
        invoker.invokeAsync(target, JSON.stringify(Payload));
        return { Payload: '', StatusCode: 202 };
      }
      const answer = await invokeFunction(invoker, target, Payload);
      return { ExecutedVersion: executedVersion(target), Payload: answer, StatusCode: 200 };
    },
  };
}

function executedVersion(target: string): string {
  return /:(\d+)$/.exec(target)?.[1] ?? '$LATEST';
}
