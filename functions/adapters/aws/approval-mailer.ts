import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  NotFoundException,
  PublishCommand,
  type SNSClient,
  type Subscription,
} from '@aws-sdk/client-sns';
import { type MailSubscription, reachOf } from '#domain/approval-channel.ts';
import { ConfigurationError } from '#domain/errors.ts';
import type { ApprovalMailer } from '#ports/approval-mailer.ts';
import { unlessThrottled } from './throttling.ts';

export interface ApprovalMailerSettings {
  readonly topicArn: string;
  /** For how long the topic's subscriptions are taken as read, milliseconds: one request mails many approvers. */
  readonly rememberMilliseconds?: number;
}

/** How many subscriptions are read at once: SNS grants about 30 reads a second. */
const readsAtOnce = 8;

/** Mails through an SNS topic that delivers to each approver what is addressed to that approver alone. */
export function createApprovalMailer(client: SNSClient, settings: ApprovalMailerSettings): ApprovalMailer {
  const { topicArn, rememberMilliseconds = 10_000 } = settings;
  let remembered: { readonly until: number; readonly subscriptions: readonly MailSubscription[] } | undefined;

  async function listed(): Promise<readonly Subscription[]> {
    const found: Subscription[] = [];
    let NextToken: string | undefined;
    do {
      const command = new ListSubscriptionsByTopicCommand({
        TopicArn: topicArn,
        ...(NextToken && { NextToken }),
      });
      const page = await unlessThrottled('SNS', () => client.send(command));
      found.push(...(page.Subscriptions ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  }

  /** Undefined when the subscription is not confirmed or has gone meanwhile: it receives nothing. */
  async function described({ SubscriptionArn, Endpoint = '', Protocol = '' }: Subscription) {
    if (!SubscriptionArn?.startsWith('arn:')) return undefined;
    try {
      const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
      const { Attributes = {} } = await unlessThrottled('SNS', () => client.send(command));
      if (Attributes.PendingConfirmation === 'true') return undefined;
      const { FilterPolicy, FilterPolicyScope } = Attributes;
      const subscription: MailSubscription = {
        protocol: Protocol,
        endpoint: Endpoint,
        ...(FilterPolicy &&
          FilterPolicyScope !== 'MessageBody' && { filterPolicy: JSON.parse(FilterPolicy) }),
      };
      return subscription;
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  }

  async function subscriptions(): Promise<readonly MailSubscription[]> {
    if (remembered !== undefined && remembered.until > Date.now()) return remembered.subscriptions;
    const all = await listed();
    const found: MailSubscription[] = [];
    for (let start = 0; start < all.length; start += readsAtOnce) {
      const read = await Promise.all(all.slice(start, start + readsAtOnce).map(described));
      found.push(...read.filter((subscription) => subscription !== undefined));
    }
    remembered = { until: Date.now() + rememberMilliseconds, subscriptions: found };
    return found;
  }

  return {
    async send({ approver, subject, body }) {
      const reach = reachOf(approver, await subscriptions());
      if (reach.kind === 'fault') {
        remembered = undefined;
        throw new ConfigurationError(reach.message, { approver, topicArn });
      }
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: body,
        MessageAttributes: { approver: { DataType: 'String', StringValue: reach.attribute } },
      });
      await unlessThrottled('SNS', () => client.send(command));
    },
  };
}
