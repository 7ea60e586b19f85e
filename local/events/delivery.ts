import type { Clock } from '../clock.ts';
import type { RuleModel, RuleTarget } from '../template/application.ts';
import type { BusEvent } from './bus.ts';
import { targetInput } from './target-input.ts';

/** Hands a payload to a target; rejects when the target does not take it. */
export type TargetSender = (
  arn: string,
  payload: string,
  attributes: Readonly<Record<string, string>>,
) => unknown;

/** A target that the laptop cloud has no way to reach. */
export class UnreachableTargetError extends Error {
  override readonly name = 'UnreachableTargetError';
  readonly arn: string;

  constructor(arn: string, known: readonly string[]) {
    super(`Event target "${arn}": the laptop cloud delivers only to ${known.join(', ')}`);
    this.arn = arn;
  }
}

/** The sender for a target, by the service in its ARN. Throws `UnreachableTargetError`. */
export function senderFor(senders: Readonly<Record<string, TargetSender>>, arn: string): TargetSender {
  const sender = senders[arn.split(':')[2] ?? ''];
  if (!sender) throw new UnreachableTargetError(arn, Object.keys(senders));
  return sender;
}

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly senders: Readonly<Record<string, TargetSender>>;
  readonly retryDelaysMs: readonly number[];
}

export interface Delivery {
  /** Throws `UnreachableTargetError` when nothing can deliver to this ARN. */
  check(arn: string): void;
  /** Delivers soon; a failure is tried again, and in the end sent to the target's dead-letter queue. */
  deliver(rule: RuleModel, target: RuleTarget, event: BusEvent): void;
  stop(): void;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { clock, senders, retryDelaysMs } = options;
  const cancels = new Set<() => void>();
  const senderOf = (arn: string): TargetSender => senderFor(senders, arn);

  async function attempt(
    rule: RuleModel,
    target: RuleTarget,
    event: BusEvent,
    retries: number,
  ): Promise<void> {
    try {
      await senderOf(target.arn)(target.arn, targetInput(target.input, event), {});
    } catch (error) {
      if (isTransient(error) && retries < Math.min(target.maximumRetryAttempts, retryDelaysMs.length)) {
        later(retryDelaysMs[retries] ?? 0, () => void attempt(rule, target, event, retries + 1));
      } else await bury(rule, target, event, error as Error);
    }
  }

  async function bury(rule: RuleModel, target: RuleTarget, event: BusEvent, error: Error): Promise<void> {
    if (target.deadLetterArn === undefined) return;
    await senderOf(target.deadLetterArn)(target.deadLetterArn, JSON.stringify(event), {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.arn,
      ERROR_CODE: error.name,
      ERROR_MESSAGE: error.message,
    });
  }

  function later(milliseconds: number, act: () => void): void {
    const cancel = clock.after(milliseconds, () => {
      cancels.delete(cancel);
      act();
    });
    cancels.add(cancel);
  }

  return {
    check: (arn) => void senderOf(arn),
    // Never inside the caller's own turn: a service that puts an event has answered its client by then.
    deliver: (rule, target, event) => later(0, () => void attempt(rule, target, event, 0)),
    stop: () => {
      for (const cancel of cancels) cancel();
    },
  };
}

/** A target that is not there will not come back by itself; EventBridge does not retry such a delivery either. */
const isTransient = (error: unknown): boolean => (error as Error).name !== 'ResourceNotFoundException';
