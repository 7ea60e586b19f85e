import {
  ListSubscriptionsByTopicCommand,
  SNSClient,
  SubscribeCommand,
  type SubscribeCommandOutput,
} from '@aws-sdk/client-sns';
import type { Target } from '../target/target.ts';

/** One approver's place in the approvals topic. */
export interface ApproverSubscription {
  readonly approver: string;
  readonly state: 'confirmed' | 'awaiting confirmation';
  /** True when this call asked for the subscription. */
  readonly isNew: boolean;
}

const pending = 'PendingConfirmation';

async function subscribed(client: SNSClient, topic: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListSubscriptionsByTopicCommand({
        TopicArn: topic,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    for (const { Protocol, Endpoint = '', SubscriptionArn = pending } of page.Subscriptions ?? []) {
      if (Protocol === 'email') found.set(Endpoint.toLowerCase(), SubscriptionArn);
    }
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

function stateOf(arn: string | undefined): ApproverSubscription['state'] {
  // SNS answers the words "pending confirmation" from Subscribe and PendingConfirmation from lists.
  return arn?.startsWith('arn:') ? 'confirmed' : 'awaiting confirmation';
}

/**
 * Subscribes each address once. The filter policy stands in the Subscribe call itself: set later it takes up to
 * 15 minutes, and a subscription without one would get everybody's mail.
 */
export async function subscribeApprovers(
  { settings, stack }: Target,
  approvers: readonly string[],
): Promise<readonly ApproverSubscription[]> {
  const client = new SNSClient(settings);
  const topic = stack.ApprovalsTopicArn;
  try {
    const existing = await subscribed(client, topic);
    const states: ApproverSubscription[] = [];
    for (const approver of new Set(approvers)) {
      const arn = existing.get(approver.toLowerCase());
      if (arn !== undefined) {
        states.push({ approver, state: stateOf(arn), isNew: false });
        continue;
      }
      const answer: SubscribeCommandOutput = await client.send(
        new SubscribeCommand({
          TopicArn: topic,
          Protocol: 'email',
          Endpoint: approver,
          Attributes: { FilterPolicy: JSON.stringify({ approver: [approver] }) },
        }),
      );
      states.push({ approver, state: stateOf(answer.SubscriptionArn), isNew: true });
    }
    return states;
  } finally {
    client.destroy();
  }
}
