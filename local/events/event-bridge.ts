import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AwsService } from '../http/service.ts';
import { accountId } from '../identity.ts';
import type { RuleModel } from '../template/application.ts';
import { createEventsApi } from './api.ts';
import type { BusEvent, EventBus } from './bus.ts';
import { createDelivery, type TargetSender } from './delivery.ts';
import { createRules } from './rules.ts';
import { runSchedules } from './scheduler.ts';

export interface EventBridgeOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly rules: readonly RuleModel[];
  /** How an event reaches a target, by the service in the target's ARN. */
  readonly senders: Readonly<Record<string, TargetSender>>;
  /** False leaves rate and cron rules at rest. */
  readonly runsSchedules: boolean;
  /** Waits between attempts to deliver; the last one repeats. */
  readonly retryDelaysMs?: readonly number[];
}

export interface EventBridge {
  readonly bus: EventBus;
  readonly service: AwsService;
  stop(): void;
}

/** The default event bus with its rules. Delivery is asynchronous and at least once. Throws for a rule that EventBridge would refuse. */
export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { clock, region } = options;
  const delivery = createDelivery({
    clock,
    senders: options.senders,
    retryDelaysMs: options.retryDelaysMs ?? [1000, 2000, 4000, 8000, 16_000, 32_000],
  });
  const rules = createRules((target) => delivery.check(target.arn));
  for (const rule of options.rules) rules.put(rule);

  const put = (event: BusEvent): void => {
    for (const rule of rules.matching(event)) {
      for (const target of rule.targets) delivery.deliver(rule, target, event);
    }
  };
  const complete: EventBus['put'] = (event) =>
    put(newEvent({ region, now: clock.now(), resources: event.resources ?? [], ...event }));
  const stopSchedules = options.runsSchedules
    ? runSchedules(clock, options.rules, (rule) => {
        const event = newEvent({ ...scheduledEvent(rule), region, now: clock.now() });
        for (const target of rule.targets) delivery.deliver(rule, target, event);
      })
    : () => {};
  return {
    bus: { put: complete },
    service: createEventsApi({ region, rules, put: complete }),
    stop: () => {
      stopSchedules();
      delivery.stop();
    },
  };
}

const scheduledEvent = (rule: RuleModel) => ({
  source: 'aws.events',
  'detail-type': 'Scheduled Event',
  resources: [rule.arn],
  detail: {},
});

type EventFacts = Pick<BusEvent, 'source' | 'detail-type' | 'detail' | 'region' | 'resources'> & {
  readonly now: number;
};

function newEvent({ now, ...facts }: EventFacts): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': facts['detail-type'],
    source: facts.source,
    account: accountId,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region: facts.region,
    resources: facts.resources,
    detail: facts.detail,
  };
}
