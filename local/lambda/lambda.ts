import type { AwsService } from '../http/service.ts';
import { createLambdaApi } from './api.ts';
import { type AsyncQueueOptions, createAsyncQueue } from './async-queue.ts';
import { payloadLimits, requireSize } from './errors.ts';
import { createFunctions, type Functions, type FunctionsOptions } from './functions.ts';
import type { LambdaInvoker } from './invoker.ts';

export interface LambdaOptions extends FunctionsOptions, AsyncQueueOptions {}

export interface Lambda {
  readonly invoker: LambdaInvoker;
  readonly service: AwsService;
  readonly functions: Functions;
  /** Ends every sandbox and drops what is queued. */
  stop(): Promise<void>;
}

/** Lambda: runs functions in sandboxes, for the other services and over its own API. */
export function createLambda(options: LambdaOptions): Lambda {
  const functions = createFunctions(options);
  const queue = createAsyncQueue(options);
  const invokeAsync = (functionName: string, payload: string): string => {
    const { found, functionArn } = functions.find(functionName);
    requireSize(payload, payloadLimits.asynchronous);
    return queue.add(found, functionArn, payload);
  };
  const invokeSync = async (functionName: string, payload: string) => {
    const { found, functionArn } = functions.find(functionName);
    requireSize(payload, payloadLimits.synchronous);
    return found.run(payload, functionArn);
  };
  return {
    functions,
    invoker: {
      invoke: async (functionName, payload) => (await invokeSync(functionName, payload)).result,
      invokeAsync: (functionName, payload) => void invokeAsync(functionName, payload),
    },
    service: createLambdaApi({ functions, invokeSync, invokeAsync }),
    stop: async () => {
      queue.stop();
      await functions.stop();
    },
  };
}
