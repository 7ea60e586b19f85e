import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { LambdaServiceError } from './errors.ts';
import type { RunnableFunction } from './functions.ts';
import type { InvocationResult } from './invoker.ts';
import { errorResult } from './result.ts';

/** Lambda's waits before the first and the second retry of a failed asynchronous invocation. */
export const lambdaRetryDelaysMs: readonly number[] = [60_000, 120_000];

export interface AsyncQueueOptions {
  readonly clock: Clock;
  readonly retryDelaysMs: readonly number[];
  /** Sends to a dead-letter queue or destination by its ARN. */
  readonly deliver: (arn: string, body: string, attributes: Readonly<Record<string, string>>) => void;
}

/** Asynchronous invocations: answered before they run, retried when they fail, then sent to where failures go. */
export interface AsyncQueue {
  add(target: RunnableFunction, functionArn: string, payload: string): string;
  stop(): void;
}

interface QueuedEvent {
  readonly requestId: string;
  readonly target: RunnableFunction;
  readonly functionArn: string;
  readonly payload: string;
  readonly queuedAt: number;
  attempts: number;
  throttles: number;
}

const maximumThrottleDelayMs = 300_000;

export function createAsyncQueue(options: AsyncQueueOptions): AsyncQueue {
  const { clock, retryDelaysMs } = options;
  const cancels = new Set<() => void>();
  let isStopped = false;

  function later(event: QueuedEvent, milliseconds: number): void {
    if (isStopped) return;
    const cancel = clock.after(milliseconds, () => {
      cancels.delete(cancel);
      void attempt(event);
    });
    cancels.add(cancel);
  }

  async function attempt(event: QueuedEvent): Promise<void> {
    const { target, payload, functionArn, requestId } = event;
    try {
      const { result } = await target.run(payload, functionArn, requestId);
      if (!isStopped) settle(event, result);
    } catch (error) {
      if (error instanceof LambdaServiceError) waitForRoom(event);
      else settle(event, errorResult((error as Error).name, (error as Error).message));
    }
  }

  /** Throttled: Lambda keeps such events for hours, waiting longer each time, and counts no attempt. */
  function waitForRoom(event: QueuedEvent): void {
    event.throttles += 1;
    const delay = Math.min(1000 * 2 ** (event.throttles - 1), maximumThrottleDelayMs);
    if (ageSeconds(event) < event.target.model.asynchronous.maximumEventAgeSeconds) later(event, delay);
    else giveUp(event, undefined, 'EventAgeExceeded');
  }

  function settle(event: QueuedEvent, result: InvocationResult): void {
    const { maximumRetryAttempts, maximumEventAgeSeconds, onSuccessArn } = event.target.model.asynchronous;
    event.attempts += 1;
    if (result.kind === 'success') {
      if (onSuccessArn)
        options.deliver(onSuccessArn, destinationRecord(event, result, 'Success', clock.now()), {});
      return;
    }
    const condition = event.attempts > maximumRetryAttempts ? 'RetriesExhausted' : 'EventAgeExceeded';
    if (event.attempts <= maximumRetryAttempts && ageSeconds(event) < maximumEventAgeSeconds) {
      later(event, retryDelaysMs[event.attempts - 1] ?? retryDelaysMs.at(-1) ?? 0);
    } else giveUp(event, result, condition);
  }

  function giveUp(event: QueuedEvent, result: InvocationResult | undefined, condition: string): void {
    const { deadLetterArn, onFailureArn } = event.target.model.asynchronous;
    if (deadLetterArn) {
      options.deliver(deadLetterArn, event.payload, {
        RequestID: event.requestId,
        ErrorCode: result ? '200' : '429',
        ErrorMessage: result?.kind === 'error' ? result.errorMessage : condition,
      });
    }
    if (onFailureArn)
      options.deliver(onFailureArn, destinationRecord(event, result, condition, clock.now()), {});
  }

  const ageSeconds = (event: QueuedEvent): number => (clock.now() - event.queuedAt) / 1000;

  return {
    add: (target, functionArn, payload) => {
      const requestId = randomUUID();
      const event = {
        requestId,
        target,
        functionArn,
        payload,
        queuedAt: clock.now(),
        attempts: 0,
        throttles: 0,
      };
      void attempt(event);
      return requestId;
    },
    stop: () => {
      isStopped = true;
      for (const cancel of cancels) cancel();
    },
  };
}

/** The invocation record that Lambda sends to a destination. */
function destinationRecord(
  event: QueuedEvent,
  result: InvocationResult | undefined,
  condition: string,
  now: number,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${event.target.model.arn}:$LATEST`,
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: JSON.parse(event.payload) as unknown,
    ...(result
      ? {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            ...(result.kind === 'error' ? { functionError: 'Unhandled' } : {}),
          },
          responsePayload: JSON.parse(result.payload) as unknown,
        }
      : {}),
  });
}
