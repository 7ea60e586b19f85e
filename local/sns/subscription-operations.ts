import { unsupported } from '../http/protocol/aws-error.ts';
import { type QueryOperation, queryMap } from '../http/protocol/query-protocol.ts';
import { accountId, partition } from '../identity.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { invalidParameter, notAuthorized } from './errors.ts';
import { confirmationMail, type MailLinks } from './mails.ts';
import { pageByToken } from './pages.ts';
import { attributeMap } from './topic-operations.ts';
import { type Subscription, setFilterPolicy, type Topics } from './topics.ts';

export type SubscriptionMailbox = Pick<Mailbox, 'send' | 'confirmSubscriptions'>;

const pageSize = 100;
const protocols = ['http', 'https', 'email', 'email-json', 'sms', 'sqs', 'application', 'lambda', 'firehose'];

/** Mail is the one delivery of this cloud. */
function checkProtocol(protocol: string): void {
  if (protocol === 'email') return;
  if (protocols.includes(protocol)) throw unsupported('sns', `Subscription protocol '${protocol}'`);
  throw invalidParameter(`Does not support this protocol string: ${protocol}`);
}

/** Sets one attribute of a subscription; each that is not known is refused. */
function setAttribute(subscription: Subscription, name: string, value: string): void {
  if (name === 'FilterPolicy') setFilterPolicy(subscription, value === '{}' ? undefined : value);
  else checkOtherAttribute(name, value);
}

function checkOtherAttribute(name: string, value: string): void {
  if (name === 'FilterPolicyScope') {
    if (value !== 'MessageAttributes') throw unsupported('sns', `Filter policy scope '${value}'`);
  } else if (name === 'RawMessageDelivery') {
    if (value !== 'false')
      throw invalidParameter(
        'Attributes Reason: Delivery protocol [email] does not support raw message delivery.',
      );
  } else throw unsupported('sns', `Subscription attribute '${name}'`);
}

export function createSubscriptionOperations(
  topics: Topics,
  mailbox: SubscriptionMailbox,
  links: MailLinks,
): Readonly<Record<string, QueryOperation>> {
  const named = (parameters: URLSearchParams) => topics.subscription(parameters.get('SubscriptionArn') ?? '');
  const confirm = (subscription: Subscription, isAuthenticated: boolean) => {
    subscription.state = 'confirmed';
    subscription.needsSignatureToUnsubscribe = isAuthenticated;
  };
  const listed = (subscriptions: readonly Subscription[], parameters: URLSearchParams) => {
    const { items, NextToken } = pageByToken(subscriptions, parameters.get('NextToken'), pageSize);
    const member = items.map(({ arn, state, topicArn, endpoint }) => ({
      SubscriptionArn: state === 'confirmed' ? arn : 'PendingConfirmation',
      Owner: accountId,
      Protocol: 'email',
      Endpoint: endpoint,
      TopicArn: topicArn,
    }));
    return { Subscriptions: { member }, NextToken };
  };
  return {
    async Subscribe(parameters) {
      const topic = topics.topic(parameters.get('TopicArn') ?? '');
      checkProtocol(parameters.get('Protocol') ?? '');
      const endpoint = parameters.get('Endpoint') ?? '';
      if (!/^[^\s@<>"(),:;]+@[^\s@<>"(),:;]+$/.test(endpoint)) throw invalidParameter('Email address');
      const { FilterPolicy, ...others } = queryMap(parameters, 'Attributes.entry');
      for (const [name, value] of Object.entries(others)) checkOtherAttribute(name, value);
      const subscription = topics.subscribe(topic, endpoint, FilterPolicy);
      if (subscription.state === 'pending') {
        await mailbox.send(confirmationMail(topic, subscription, links));
        if (mailbox.confirmSubscriptions) confirm(subscription, false);
      }
      const showsArn =
        subscription.state === 'confirmed' || parameters.get('ReturnSubscriptionArn') === 'true';
      return { SubscriptionArn: showsArn ? subscription.arn : 'pending confirmation' };
    },
    ConfirmSubscription(parameters, request) {
      const topic = topics.topic(parameters.get('TopicArn') ?? '');
      const token = parameters.get('Token');
      const subscription = topics
        .subscriptions()
        .find((other) => other.topicArn === topic.arn && other.token === token);
      if (!subscription) throw invalidParameter('Token');
      const asksAuthentication = parameters.get('AuthenticateOnUnsubscribe') === 'true';
      if (asksAuthentication && request.accessKeyId === undefined) throw notAuthorized();
      // A second click on the link changes nothing.
      if (subscription.state === 'pending' || asksAuthentication) confirm(subscription, asksAuthentication);
      return { SubscriptionArn: subscription.arn };
    },
    Unsubscribe(parameters, request) {
      const subscription = named(parameters);
      if (subscription.needsSignatureToUnsubscribe && request.accessKeyId === undefined)
        throw notAuthorized();
      if (subscription.state === 'pending') {
        throw invalidParameter(
          'SubscriptionArn Reason: This subscription is pending confirmation and cannot be unsubscribed',
        );
      }
      topics.unsubscribe(subscription);
      return undefined;
    },
    ListSubscriptions: (parameters) => listed(topics.subscriptions(), parameters),
    ListSubscriptionsByTopic(parameters) {
      const { arn } = topics.topic(parameters.get('TopicArn') ?? '');
      return listed(
        topics.subscriptions().filter((subscription) => subscription.topicArn === arn),
        parameters,
      );
    },
    GetSubscriptionAttributes(parameters) {
      const subscription = named(parameters);
      return attributeMap({
        SubscriptionArn: subscription.arn,
        TopicArn: subscription.topicArn,
        Owner: accountId,
        Protocol: 'email',
        Endpoint: subscription.endpoint,
        RawMessageDelivery: 'false',
        PendingConfirmation: String(subscription.state === 'pending'),
        ConfirmationWasAuthenticated: String(subscription.needsSignatureToUnsubscribe),
        SubscriptionPrincipal: `arn:${partition}:iam::${accountId}:root`,
        FilterPolicy: subscription.filterPolicyJson,
        FilterPolicyScope: subscription.filterPolicyJson === undefined ? undefined : 'MessageAttributes',
      });
    },
    SetSubscriptionAttributes(parameters) {
      setAttribute(
        named(parameters),
        parameters.get('AttributeName') ?? '',
        parameters.get('AttributeValue') ?? '',
      );
      return undefined;
    },
  };
}
