import { arnIn, byQueryAction, type QueryNeeds } from '../call.ts';

const onTopic =
  (action: string): QueryNeeds =>
  (parameters) => [
    { action: `sns:${action}`, resource: parameters.get('TopicArn') ?? parameters.get('TargetArn') ?? '*' },
  ];

/** SNS knows no resource type for subscriptions. */
const onEverything =
  (action: string): QueryNeeds =>
  () => [{ action: `sns:${action}`, resource: '*' }];

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
export const snsNeeds = byQueryAction({
  CreateTopic: (parameters, world) => [
    { action: 'sns:CreateTopic', resource: arnIn(world)('sns', parameters.get('Name') ?? '') },
  ],
  DeleteTopic: onTopic('DeleteTopic'),
  GetTopicAttributes: onTopic('GetTopicAttributes'),
  SetTopicAttributes: onTopic('SetTopicAttributes'),
  ListTopics: onEverything('ListTopics'),
  Publish: onTopic('Publish'),
  // AWS has no permission of its own for batches.
  PublishBatch: onTopic('Publish'),
  Subscribe: onTopic('Subscribe'),
  ConfirmSubscription: onTopic('ConfirmSubscription'),
  ListSubscriptionsByTopic: onTopic('ListSubscriptionsByTopic'),
  ListSubscriptions: onEverything('ListSubscriptions'),
  GetSubscriptionAttributes: onEverything('GetSubscriptionAttributes'),
  SetSubscriptionAttributes: onEverything('SetSubscriptionAttributes'),
  Unsubscribe: onEverything('Unsubscribe'),
});
