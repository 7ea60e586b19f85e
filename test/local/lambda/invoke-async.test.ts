import { afterEach, describe, expect, it } from 'vitest';
import type { FunctionModel } from '../../../local/template/application.ts';
import { model, startLambda } from './functions-under-test.ts';

const delays: number[] = [];
/** Waits no time and keeps how long it should have waited. */
const clock = {
  now: () => Date.now(),
  after: (milliseconds: number, action: () => void) => {
    delays.push(milliseconds);
    const timer = setTimeout(action, milliseconds === 1000 ? 30 : 0);
    return () => clearTimeout(timer);
  },
};
const settings = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  deadLetterArn: 'arn:aws:sqs:::dead',
};
let lambda: ReturnType<typeof startLambda>;
const start = (functions: readonly FunctionModel[]) => {
  delays.length = 0;
  lambda = startLambda(functions, { clock, retryDelaysMs: [60_000, 120_000] });
  return lambda;
};
afterEach(() => lambda.stop());

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('an asynchronous invocation', () => {
  it('is tried twice more, then sent to the dead-letter queue', async () => {
    const { invoker, deliveries } = start([model('index.throws', { asynchronous: settings })]);
    invoker.invokeAsync('throws', '{"a":1}');
    await until(() => deliveries.length === 1);
    expect(delays).toEqual([60_000, 120_000]);
    expect(deliveries[0]).toMatchObject({
      arn: 'arn:aws:sqs:::dead',
      body: '{"a":1}',
      attributes: { ErrorCode: '200', ErrorMessage: 'too far' },
    });
  });
  it('ends with the attempt that succeeds, with one request id throughout', async () => {
    const { invoker, deliveries } = start([
      model('index.failsTwice', { asynchronous: { ...settings, onSuccessArn: 'arn:aws:sqs:::done' } }),
    ]);
    invoker.invokeAsync('failsTwice', '{}');
    await until(() => deliveries.length === 1);
    expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'Success', approximateInvokeCount: 3 },
      responsePayload: 3,
    });
  });
  it('tells the destination how it failed', async () => {
    const { invoker, deliveries } = start([
      model('index.throws', {
        asynchronous: {
          maximumRetryAttempts: 0,
          maximumEventAgeSeconds: 60,
          onFailureArn: 'arn:aws:sqs:::failed',
        },
      }),
    ]);
    invoker.invokeAsync('throws', '{"a":1}');
    await until(() => deliveries.length === 1);
    expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
      requestPayload: { a: 1 },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorType: 'RangeError', errorMessage: 'too far' },
    });
  });
  it('waits for room when throttled, and counts no attempt', async () => {
    const { invoker, deliveries } = start([
      model('index.slow', {
        reservedConcurrency: 1,
        asynchronous: { ...settings, maximumRetryAttempts: 0, onSuccessArn: 'arn:aws:sqs:::done' },
      }),
    ]);
    invoker.invokeAsync('slow', '{"milliseconds":20}');
    invoker.invokeAsync('slow', '{"milliseconds":20}');
    await until(() => deliveries.length === 2);
    expect(delays[0]).toBe(1000);
    expect(deliveries.map(({ arn }) => arn)).toEqual(['arn:aws:sqs:::done', 'arn:aws:sqs:::done']);
  });
});
