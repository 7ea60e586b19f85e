import type { Clock } from '../clock.ts';
import { AwsError } from '../http/protocol/aws-error.ts';
import { type JsonObject, type JsonOperation, serveJson } from '../http/protocol/json-protocol.ts';
import type { AwsService } from '../http/service.ts';
import type { QueueModel } from '../template/application.ts';
import { createQueue, type MessageAttribute, md5, type Queue, type ReceivedMessage } from './queue.ts';

export interface SqsOptions {
  readonly queues: readonly QueueModel[];
  readonly clock: Clock;
}

export interface Sqs {
  readonly service: AwsService;
  /** Sends by the queue's ARN. Throws an error named `ResourceNotFoundException` for a queue that does not exist. */
  send(arn: string, body: string, attributes: Readonly<Record<string, string>>): void;
}

/** SQS over its JSON 1.0 protocol, as far as dead-letter queues need it. */
export function createSqs(options: SqsOptions): Sqs {
  const queues = options.queues.map((model) => createQueue(model, options.clock));
  const byUrl = (input: JsonObject): Queue => {
    const name = String(input.QueueUrl ?? '')
      .split('/')
      .at(-1);
    return found(
      queues.find((queue) => queue.model.name === name),
      String(input.QueueUrl),
    );
  };
  const operations: Readonly<Record<string, JsonOperation>> = {
    SendMessage: (input) => {
      const sent = byUrl(input).send(
        String(input.MessageBody),
        (input.MessageAttributes ?? {}) as Attributes,
      );
      return { MessageId: sent.messageId, MD5OfMessageBody: md5(sent.body) };
    },
    ReceiveMessage: (input) => {
      const { MaxNumberOfMessages = 1, VisibilityTimeout } = input;
      const visibility = VisibilityTimeout === undefined ? undefined : Number(VisibilityTimeout);
      const messages = byUrl(input).receive(Number(MaxNumberOfMessages), visibility);
      return messages.length === 0 ? {} : { Messages: messages.map(describe) };
    },
    DeleteMessage: (input) => {
      byUrl(input).delete(String(input.ReceiptHandle));
      return {};
    },
    PurgeQueue: (input) => {
      byUrl(input).purge();
      return {};
    },
    GetQueueAttributes: (input) => ({ Attributes: queueAttributes(byUrl(input)) }),
    GetQueueUrl: ({ QueueName }) => ({
      QueueUrl: found(
        queues.find(({ model }) => model.name === QueueName),
        String(QueueName),
      ).model.url,
    }),
    ListQueues: () => ({ QueueUrls: queues.map(({ model }) => model.url) }),
  };
  return {
    service: {
      signingName: 'sqs',
      handle: (request) => serveJson({ service: 'sqs', version: '1.0', operations }, request),
    },
    send: (arn, body, attributes) => {
      const queue = queues.find(({ model }) => model.arn === arn);
      if (!queue)
        throw Object.assign(new Error(`Queue "${arn}" does not exist`), {
          name: 'ResourceNotFoundException',
        });
      queue.send(body, toAttributes(attributes));
    },
  };
}

type Attributes = Readonly<Record<string, MessageAttribute>>;

const toAttributes = (attributes: Readonly<Record<string, string>>): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );

function found(queue: Queue | undefined, name: string): Queue {
  if (queue) return queue;
  throw new AwsError('QueueDoesNotExist', `The specified queue "${name}" does not exist.`);
}

function queueAttributes(queue: Queue): Readonly<Record<string, string>> {
  const { visible, inFlight } = queue.count();
  return {
    QueueArn: queue.model.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: '0',
  };
}

const describe = (message: ReceivedMessage) => ({
  MessageId: message.messageId,
  ReceiptHandle: message.receiptHandle,
  Body: message.body,
  MD5OfBody: md5(message.body),
  Attributes: {
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
  },
  MessageAttributes: message.attributes,
});
