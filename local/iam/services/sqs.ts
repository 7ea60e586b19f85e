import { arnIn, byJsonOperation, type JsonNeeds, text } from '../call.ts';

const byUrl =
  (action: string): JsonNeeds =>
  ({ QueueUrl }, world) => [
    { action: `sqs:${action}`, resource: arnIn(world)('sqs', text(QueueUrl).split('/').at(-1) ?? '') },
  ];

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
export const sqsNeeds = byJsonOperation({
  SendMessage: byUrl('SendMessage'),
  ReceiveMessage: byUrl('ReceiveMessage'),
  DeleteMessage: byUrl('DeleteMessage'),
  PurgeQueue: byUrl('PurgeQueue'),
  GetQueueAttributes: byUrl('GetQueueAttributes'),
  GetQueueUrl: ({ QueueName }, world) => [
    { action: 'sqs:GetQueueUrl', resource: arnIn(world)('sqs', text(QueueName)) },
  ],
  ListQueues: (_input, world) => [{ action: 'sqs:ListQueues', resource: arnIn(world)('sqs', '*') }],
});
