import { unsupported } from '../http/protocol/aws-error.ts';
import { type QueryOperation, queryMap } from '../http/protocol/query-protocol.ts';
import { accountId } from '../identity.ts';
import { invalidParameter } from './errors.ts';
import { pageByToken } from './pages.ts';
import { type Topic, type Topics, topicArn } from './topics.ts';

const pageSize = 100;

/** Attributes as the query protocol writes a map. */
export const attributeMap = (attributes: Readonly<Record<string, string | undefined>>) => ({
  Attributes: {
    entry: Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value }],
    ),
  },
});

/** The only topic attribute that changes anything here; others are refused rather than kept without effect. */
function checkAttribute(name: string): void {
  if (name !== 'DisplayName') throw unsupported('sns', `Topic attribute '${name}'`);
}

const defaultPolicy = (topic: Topic) =>
  JSON.stringify({
    Version: '2008-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['SNS:Publish', 'SNS:Subscribe'],
        Resource: topic.arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });

export function createTopicOperations(topics: Topics): Readonly<Record<string, QueryOperation>> {
  const named = (parameters: URLSearchParams) => topics.topic(parameters.get('TopicArn') ?? '');
  return {
    CreateTopic(parameters) {
      const name = parameters.get('Name') ?? '';
      if (name.endsWith('.fifo')) throw unsupported('sns', `FIFO topic '${name}'`);
      if (!/^[\w-]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
      const attributes = queryMap(parameters, 'Attributes.entry');
      for (const attribute of Object.keys(attributes)) checkAttribute(attribute);
      const existing = topics.all.get(topicArn(name));
      return { TopicArn: topics.create(name, attributes.DisplayName ?? existing?.displayName ?? '').arn };
    },
    DeleteTopic(parameters) {
      topics.remove(parameters.get('TopicArn') ?? '');
      return undefined;
    },
    ListTopics(parameters) {
      const { items, NextToken } = pageByToken(
        [...topics.all.values()],
        parameters.get('NextToken'),
        pageSize,
      );
      return { Topics: { member: items.map(({ arn }) => ({ TopicArn: arn })) }, NextToken };
    },
    GetTopicAttributes(parameters) {
      const topic = named(parameters);
      const subscriptions = topics
        .subscriptions()
        .filter((subscription) => subscription.topicArn === topic.arn);
      const count = (state: string) =>
        String(subscriptions.filter((subscription) => subscription.state === state).length);
      return attributeMap({
        TopicArn: topic.arn,
        Owner: accountId,
        DisplayName: topic.displayName,
        Policy: defaultPolicy(topic),
        SubscriptionsConfirmed: count('confirmed'),
        SubscriptionsPending: count('pending'),
        SubscriptionsDeleted: String(topic.deletedSubscriptions),
      });
    },
    SetTopicAttributes(parameters) {
      const topic = named(parameters);
      checkAttribute(parameters.get('AttributeName') ?? '');
      topic.displayName = parameters.get('AttributeValue') ?? '';
      return undefined;
    },
  };
}
