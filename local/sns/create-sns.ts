import { type Clock, systemClock } from '../clock.ts';
import { serveQuery } from '../http/protocol/query-protocol.ts';
import type { AwsService } from '../http/service.ts';
import { createMailLinks } from './mails.ts';
import { createPublishOperations } from './publish-operations.ts';
import { createSubscriptionOperations, type SubscriptionMailbox } from './subscription-operations.ts';
import { createTopicOperations } from './topic-operations.ts';
import { createTopics } from './topics.ts';

export interface SnsOptions {
  readonly mailbox: SubscriptionMailbox;
  /** Where links in mails lead; asked when a mail is written, since the port may be known late. */
  readonly endpoint: () => string;
  readonly clock?: Clock;
  readonly topics?: readonly { readonly name: string; readonly displayName?: string }[];
}

/** SNS with mail as its one delivery. */
export function createSns({
  mailbox,
  endpoint,
  clock = systemClock,
  topics: declared = [],
}: SnsOptions): AwsService {
  const topics = createTopics(clock);
  for (const { name, displayName = '' } of declared) topics.create(name, displayName);
  const links = createMailLinks(endpoint);
  const operations = {
    ...createTopicOperations(topics),
    ...createSubscriptionOperations(topics, mailbox, links),
    ...createPublishOperations(topics, mailbox, links),
  };
  return {
    signingName: 'sns',
    handle: (request) =>
      serveQuery(
        { service: 'sns', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/', operations },
        request,
      ),
  };
}
