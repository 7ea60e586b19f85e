/** How one invocation of a function ended, in the words of Lambda's Invoke API. */
export type InvocationResult =
  | { readonly kind: 'success'; readonly payload: string }
  /** FunctionError: `payload` is the JSON `{errorType, errorMessage, stackTrace?}` as Lambda answers it. */
  | {
      readonly kind: 'error';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly payload: string;
    };

/** Runs functions by name or ARN (a `:alias` or `:version` suffix is accepted). */
export interface LambdaInvoker {
  /** Waits for the function's answer. Throws an error named as Lambda's API names it (`ResourceNotFoundException`, `TooManyRequestsException`). */
  invoke(functionName: string, payload: string): Promise<InvocationResult>;
  /** Queues an asynchronous (Event) invocation with Lambda's two retries and the function's dead-letter target. */
  invokeAsync(functionName: string, payload: string): void;
}
