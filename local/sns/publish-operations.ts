import { randomUUID } from 'node:crypto';
import { AwsError, unsupported } from '../http/protocol/aws-error.ts';
import { type QueryOperation, queryList } from '../http/protocol/query-protocol.ts';
import { type MailLinks, notificationMail } from './mails.ts';
import { readMessage } from './message.ts';
import type { SubscriptionMailbox } from './subscription-operations.ts';
import type { Topic, Topics } from './topics.ts';

const largestBatch = 10;

/** Publishing answers when every mail is written, so that whoever published can look at once. */
export function createPublishOperations(
  topics: Topics,
  mailbox: SubscriptionMailbox,
  links: MailLinks,
): Readonly<Record<string, QueryOperation>> {
  const publish = async (topic: Topic, parameters: URLSearchParams): Promise<string> => {
    const message = readMessage(parameters);
    for (const subscription of topics.subscriptions()) {
      if (subscription.topicArn !== topic.arn || subscription.state !== 'confirmed') continue;
      if (subscription.filterPolicy && !subscription.filterPolicy.matches(message.attributes)) continue;
      await mailbox.send(notificationMail(topic, subscription, message, links));
    }
    return randomUUID();
  };
  return {
    async Publish(parameters) {
      if (parameters.has('PhoneNumber')) throw unsupported('sns', 'Publish to a phone number');
      const topic = topics.topic(parameters.get('TopicArn') ?? parameters.get('TargetArn') ?? '');
      return { MessageId: await publish(topic, parameters) };
    },
    async PublishBatch(parameters) {
      const topic = topics.topic(parameters.get('TopicArn') ?? '');
      const entries = queryList(parameters, 'PublishBatchRequestEntries.member');
      checkBatch(entries);
      const successful: Record<string, string>[] = [];
      const failed: Record<string, string>[] = [];
      for (const entry of entries) {
        const Id = entry.get('Id') ?? '';
        try {
          successful.push({ Id, MessageId: await publish(topic, entry) });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          failed.push({ Id, Code: error.code, Message: error.message, SenderFault: 'true' });
        }
      }
      return { Successful: { member: successful }, Failed: { member: failed } };
    },
  };
}

function checkBatch(entries: readonly URLSearchParams[]): void {
  const ids = entries.map((entry) => entry.get('Id') ?? '');
  if (!ids.length) throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (ids.length > largestBatch) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `The batch request contains ${ids.length} entries; ${largestBatch} are allowed.`,
    );
  }
  if (new Set(ids).size !== ids.length) {
    throw new AwsError(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
  const bad = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (bad !== undefined)
    throw new AwsError('InvalidBatchEntryId', `The Id '${bad}' of a batch entry is invalid.`);
}
