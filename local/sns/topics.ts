import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { accountId, defaultRegion, partition } from '../identity.ts';
import { invalidParameter, notFound } from './errors.ts';
import { type FilterPolicy, parseFilterPolicy } from './filter-policy.ts';

export interface Topic {
  readonly arn: string;
  displayName: string;
  deletedSubscriptions: number;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly endpoint: string;
  readonly createdMs: number;
  /** What the confirmation link proves. */
  readonly token: string;
  state: 'pending' | 'confirmed';
  /** Confirmed with AuthenticateOnUnsubscribe: the link in a mail then no longer unsubscribes. */
  needsSignatureToUnsubscribe: boolean;
  filterPolicyJson: string | undefined;
  filterPolicy: FilterPolicy | undefined;
}

/** Unconfirmed subscriptions are dropped after this. */
const pendingLifeMs = 48 * 60 * 60 * 1000;

/** All topics and their subscriptions. */
export interface Topics {
  readonly all: ReadonlyMap<string, Topic>;
  create(name: string, displayName: string): Topic;
  /** Throws NotFound. */
  topic(arn: string): Topic;
  remove(arn: string): void;
  subscriptions(): readonly Subscription[];
  /** Throws NotFound. */
  subscription(arn: string): Subscription;
  subscribe(topic: Topic, endpoint: string, filterPolicyJson: string | undefined): Subscription;
  unsubscribe(subscription: Subscription): void;
}

export const topicArn = (name: string): string =>
  `arn:${partition}:sns:${defaultRegion}:${accountId}:${name}`;

const newToken = (): string => randomBytes(64).toString('hex');

/** Sets or clears the policy of a subscription. Throws InvalidParameter. */
export function setFilterPolicy(subscription: Subscription, json: string | undefined): void {
  subscription.filterPolicy = json ? parseFilterPolicy(json) : undefined;
  subscription.filterPolicyJson = json || undefined;
}

export function createTopics(clock: Clock): Topics {
  const topics = new Map<string, Topic>();
  const subscriptions = new Map<string, Subscription>();
  const dropExpired = () => {
    for (const [arn, { state, createdMs }] of subscriptions) {
      if (state === 'pending' && createdMs + pendingLifeMs <= clock.now()) subscriptions.delete(arn);
    }
  };
  return {
    all: topics,
    create(name, displayName) {
      const arn = topicArn(name);
      const topic = topics.get(arn) ?? { arn, displayName, deletedSubscriptions: 0 };
      if (topic.displayName !== displayName) {
        throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
      }
      topics.set(arn, topic);
      return topic;
    },
    topic(arn) {
      const topic = topics.get(arn);
      if (!topic) throw notFound('Topic');
      return topic;
    },
    remove(arn) {
      topics.delete(arn);
      for (const [key, subscription] of subscriptions)
        if (subscription.topicArn === arn) subscriptions.delete(key);
    },
    subscriptions() {
      dropExpired();
      return [...subscriptions.values()];
    },
    subscription(arn) {
      dropExpired();
      const subscription = subscriptions.get(arn);
      if (!subscription) throw notFound('Subscription');
      return subscription;
    },
    subscribe(topic, endpoint, filterPolicyJson) {
      dropExpired();
      const existing = [...subscriptions.values()].find(
        (other) => other.topicArn === topic.arn && other.endpoint === endpoint,
      );
      if (existing) {
        if (filterPolicyJson !== undefined && existing.filterPolicyJson !== filterPolicyJson) {
          throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
        }
        return existing;
      }
      const subscription: Subscription = {
        arn: `${topic.arn}:${randomUUID()}`,
        topicArn: topic.arn,
        endpoint,
        createdMs: clock.now(),
        token: newToken(),
        state: 'pending',
        needsSignatureToUnsubscribe: false,
        filterPolicyJson: undefined,
        filterPolicy: undefined,
      };
      setFilterPolicy(subscription, filterPolicyJson);
      subscriptions.set(subscription.arn, subscription);
      return subscription;
    },
    unsubscribe(subscription) {
      if (!subscriptions.delete(subscription.arn)) return;
      const topic = topics.get(subscription.topicArn);
      if (topic) topic.deletedSubscriptions++;
    },
  };
}
