import { PublishCommand, SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { createApprovalMailer } from '#adapters/aws/approval-mailer.ts';
import { createMemoryApprovalMailer } from '#adapters/memory/approval-mailer.ts';
import type { MailSubscription } from '#domain/approval-channel.ts';
import type { ApprovalMailer } from '#ports/approval-mailer.ts';
import { startFront } from '../../../local/http/front.ts';
import type { OutgoingMail } from '../../../local/mailbox/message.ts';
import { createSns } from '../../../local/sns/create-sns.ts';

interface Sent {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

interface Channel {
  readonly mailer: ApprovalMailer;
  sent(): readonly Sent[];
  stop(): Promise<void>;
}

const topicArn = 'arn:aws:sns:us-east-1:000000000000:approvals';

/** The topic on loopback with these subscriptions confirmed, `unconfirmed` ones waiting. */
async function startTopic(subscriptions: readonly MailSubscription[], unconfirmed: readonly string[] = []) {
  const mails: OutgoingMail[] = [];
  const mailbox = { confirmSubscriptions: true, send: async (mail: OutgoingMail) => void mails.push(mail) };
  const front = await startFront({
    port: 0,
    keyOf: () => ({ secretAccessKey: 'test' }),
    now: Date.now,
    onDefect: (_service, error) => console.error(error),
  });
  front.add(
    createSns({ mailbox: mailbox as never, endpoint: () => front.url, topics: [{ name: 'approvals' }] }),
  );
  const client = new SNSClient({
    endpoint: front.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const subscribe = ({ protocol, endpoint, filterPolicy }: MailSubscription) =>
    client.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: protocol,
        Endpoint: endpoint,
        ReturnSubscriptionArn: true,
        ...(filterPolicy !== undefined && { Attributes: { FilterPolicy: JSON.stringify(filterPolicy) } }),
      }),
    );
  for (const subscription of subscriptions) await subscribe(subscription);
  mailbox.confirmSubscriptions = false;
  for (const endpoint of unconfirmed) await subscribe(personal(endpoint));
  mails.length = 0;
  return { client, front, mails, subscribe };
}

const personal = (endpoint: string): MailSubscription => ({
  protocol: 'email',
  endpoint,
  filterPolicy: { approver: [endpoint] },
});

const backends: readonly {
  readonly name: string;
  start(subscriptions: readonly MailSubscription[]): Promise<Channel>;
}[] = [
  {
    name: 'memory',
    async start(subscriptions) {
      const mailer = createMemoryApprovalMailer(subscriptions);
      return {
        mailer,
        sent: () =>
          mailer.sent.map(({ approver, subject, body }) => ({ to: approver.toLowerCase(), subject, body })),
        stop: async () => {},
      };
    },
  },
  {
    name: 'SNS',
    async start(subscriptions) {
      const { client, front, mails } = await startTopic(subscriptions);
      return {
        mailer: createApprovalMailer(client, { topicArn }),
        sent: () =>
          mails.map(({ to, subject, text }) => ({ to, subject, body: text.split('\n\n--\n')[0] ?? '' })),
        async stop() {
          client.destroy();
          await front.close();
        },
      };
    },
  },
];

let channel: Channel | undefined;
afterEach(() => channel?.stop());

const mail = { approver: 'ana@example.com', subject: '[tidegate] shop', body: 'Decision code: ABCD-EFGH\n' };

describe.each(backends)('approval mailer over $name', ({ start }) => {
  it('delivers to the approver alone', async () => {
    channel = await start([personal('ana@example.com'), personal('bo@example.com')]);
    await channel.mailer.send(mail);
    expect(channel.sent()).toHaveLength(1);
    expect(channel.sent()[0]).toMatchObject({ to: 'ana@example.com', subject: mail.subject });
    expect(channel.sent()[0]?.body).toContain('Decision code: ABCD-EFGH');
  });

  it('finds the approver whatever the case of the address', async () => {
    channel = await start([personal('ana@example.com')]);
    await channel.mailer.send({ ...mail, approver: 'Ana@Example.com' });
    expect(channel.sent().map(({ to }) => to)).toEqual(['ana@example.com']);
  });

  it.each([
    ['nobody is subscribed', [], /^Approver "ana@example.com" has no confirmed subscription.*pipeline put/],
    ['another approver is', [personal('bo@example.com')], /^Approver "ana@example.com" has no/],
    [
      'a subscription has no filter policy',
      [personal('ana@example.com'), { protocol: 'email', endpoint: 'all@example.com' }],
      /"all@example.com" \(email\) whose filter policy is absent/,
    ],
    [
      "a subscription takes another one's mail",
      [
        personal('ana@example.com'),
        { ...personal('eve@example.com'), filterPolicy: { approver: ['ana@example.com'] } },
      ],
      /"eve@example.com"/,
    ],
    [
      'a policy matches by prefix',
      [{ ...personal('ana@example.com'), filterPolicy: { approver: [{ prefix: 'a' }] } }],
      /other people's approval links/,
    ],
    [
      'a policy looks at something else',
      [{ ...personal('ana@example.com'), filterPolicy: { environment: ['production'] } }],
      /other people's approval links/,
    ],
  ] as const)('sends nothing when %s', async (_case, subscriptions, message) => {
    channel = await start(subscriptions);
    const sending = channel.mailer.send(mail);
    await expect(sending).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(message),
    });
    expect(channel.sent()).toEqual([]);
  });
});

describe('approval mailer over SNS, as subscriptions change', () => {
  it('does not count an unconfirmed subscription, and counts it once it is confirmed', async () => {
    const { client, front, subscribe } = await startTopic([personal('bo@example.com')], ['ana@example.com']);
    const mailer = createApprovalMailer(client, { topicArn, rememberMilliseconds: 60_000 });
    channel = {
      mailer,
      sent: () => [],
      stop: async () => {
        client.destroy();
        await front.close();
      },
    };
    await expect(mailer.send(mail)).rejects.toThrow(
      'Approver "ana@example.com" has no confirmed subscription',
    );
    const bo = await subscribe(personal('bo@example.com'));
    expect(bo.SubscriptionArn).toMatch(/^arn:/);
    // Not remembered after a fault: mending it is seen at once.
    await mailer.send({ ...mail, approver: 'bo@example.com' });
    await client.send(new UnsubscribeCommand({ SubscriptionArn: bo.SubscriptionArn }));
    await mailer.send({ ...mail, approver: 'bo@example.com' });
    const fresh = createApprovalMailer(client, { topicArn, rememberMilliseconds: 0 });
    await expect(fresh.send({ ...mail, approver: 'bo@example.com' })).rejects.toThrow(
      'no confirmed subscription',
    );
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'the topic itself is still there' }));
  });
});
