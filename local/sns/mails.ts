import type { OutgoingMail } from '../mailbox/message.ts';
import type { SnsMessage } from './message.ts';
import type { Subscription, Topic } from './topics.ts';

/** Where the links in mails lead: this cloud's own endpoint. */
export interface MailLinks {
  confirm(subscription: Subscription): string;
  unsubscribe(subscription: Subscription): string;
}

/** Links are followed without a signature, so each carries all that its operation needs. */
export function createMailLinks(endpoint: () => string): MailLinks {
  const link = (parameters: Record<string, string>) =>
    `${endpoint().replace(/\/$/, '')}/?${new URLSearchParams(parameters)}`;
  return {
    confirm: ({ topicArn, token }) =>
      link({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token }),
    unsubscribe: ({ arn }) => link({ Action: 'Unsubscribe', SubscriptionArn: arn }),
  };
}

const envelope = (topic: Topic, to: string): Pick<OutgoingMail, 'fromName' | 'fromAddress' | 'to'> => ({
  fromName: topic.displayName || 'AWS Notifications',
  fromAddress: 'no-reply@sns.amazonaws.com',
  to,
});

/** The mail that a published message becomes for one subscriber. */
export const notificationMail = (
  topic: Topic,
  subscription: Subscription,
  message: SnsMessage,
  links: MailLinks,
): OutgoingMail => ({
  ...envelope(topic, subscription.endpoint),
  subject: message.subject ?? 'AWS Notification Message',
  text: [
    message.text,
    '',
    '--',
    'To stop receiving notifications from this topic, unsubscribe with this link:',
    links.unsubscribe(subscription),
    '',
    'This mailbox is not read: please do not answer this mail.',
  ].join('\n'),
});

/** The mail that asks a new subscriber to confirm. */
export const confirmationMail = (
  topic: Topic,
  subscription: Subscription,
  links: MailLinks,
): OutgoingMail => ({
  ...envelope(topic, subscription.endpoint),
  subject: 'AWS Notification - Subscription Confirmation',
  text: [
    'You have chosen to subscribe to the topic:',
    topic.arn,
    '',
    'To confirm this subscription, open this link (if you did not ask for it, there is nothing to do):',
    links.confirm(subscription),
    '',
    '--',
    'This mailbox is not read: please do not answer this mail.',
  ].join('\n'),
});
