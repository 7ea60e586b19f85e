import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sns from '@aws-sdk/client-sns';
import PostalMime from 'postal-mime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMailbox, type Mailbox } from '../../../local/mailbox/mailbox.ts';
import { listMails, readMail } from '../../../local/mailbox/read-mails.ts';
import { createSns } from '../../../local/sns/create-sns.ts';
import { clientOptions, errorOf, type Loopback, serveOnLoopback } from '../s3/loopback.ts';

let folder: string;
let mailbox: Mailbox;
let server: Loopback;
let client: sns.SNSClient;
let TopicArn: string;
let nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const clock = { now: () => nowMs, after: () => () => undefined };
let confirmSubscriptions = true;

beforeAll(async () => {
  const current: Pick<Mailbox, 'send' | 'confirmSubscriptions'> = {
    send: (mail) => mailbox.send(mail),
    get confirmSubscriptions() {
      return confirmSubscriptions;
    },
  };
  server = await serveOnLoopback(
    createSns({
      mailbox: current,
      endpoint: () => server.endpoint,
      clock,
      topics: [{ name: 'declared', displayName: 'Bühne, "A"' }],
    }),
  );
  client = new sns.SNSClient(clientOptions(server.endpoint));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(async () => {
  confirmSubscriptions = true;
  folder = await mkdtemp(join(tmpdir(), 'sns-test-'));
  mailbox = createMailbox({ folder, clock });
  TopicArn =
    (await client.send(new sns.CreateTopicCommand({ Name: `topic-${folder.slice(-6)}` }))).TopicArn ?? '';
});
afterEach(() => rm(folder, { recursive: true }));

const subscribe = async (
  Endpoint: string,
  FilterPolicy?: object,
  more: Partial<sns.SubscribeCommandInput> = {},
) =>
  (
    await client.send(
      new sns.SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint,
        ReturnSubscriptionArn: true,
        ...(FilterPolicy ? { Attributes: { FilterPolicy: JSON.stringify(FilterPolicy) } } : {}),
        ...more,
      }),
    )
  ).SubscriptionArn ?? '';
const publish = (Message: string, more: Partial<sns.PublishCommandInput> = {}) =>
  client.send(new sns.PublishCommand({ TopicArn, Message, ...more }));
const attributesOf = async (SubscriptionArn: string) =>
  (await client.send(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes ?? {};
const linkIn = (text: string, action: string) =>
  new RegExp(`http://\\S+Action=${action}\\S*`).exec(text)?.[0] ?? '';
const newestMail = async () => {
  const newest = (await listMails(folder)).at(-1);
  return readMail(folder, newest?.id ?? '');
};
const follow = async (link: string) => (await fetch(link)).status;

describe('topics', () => {
  it('are made once, listed, described and deleted', async () => {
    const Name = TopicArn.split(':').at(-1);
    expect((await client.send(new sns.CreateTopicCommand({ Name }))).TopicArn).toBe(TopicArn);
    expect(TopicArn).toBe(`arn:aws:sns:us-east-1:000000000000:${Name}`);
    await client.send(
      new sns.SetTopicAttributesCommand({
        TopicArn,
        AttributeName: 'DisplayName',
        AttributeValue: 'Releases',
      }),
    );
    expect((await client.send(new sns.GetTopicAttributesCommand({ TopicArn }))).Attributes).toMatchObject({
      DisplayName: 'Releases',
      SubscriptionsConfirmed: '0',
    });
    expect((await client.send(new sns.ListTopicsCommand({}))).Topics).toContainEqual({ TopicArn });
    await client.send(new sns.DeleteTopicCommand({ TopicArn }));
    expect((await errorOf(publish('x'))).name).toBe('NotFoundException');
  });

  it.each(['a b', '', 'x'.repeat(257)])('refuse the name %j', async (Name) => {
    expect((await errorOf(client.send(new sns.CreateTopicCommand({ Name })))).name).toBe(
      'InvalidParameterException',
    );
  });
});

describe('subscriptions', () => {
  it('wait for a click on the link in their mail', async () => {
    confirmSubscriptions = false;
    const arn = await subscribe('ann@example.org', { approver: ['ann'] });
    expect(await attributesOf(arn)).toMatchObject({
      PendingConfirmation: 'true',
      FilterPolicy: '{"approver":["ann"]}',
    });
    expect(await subscribe('ann@example.org', undefined, { ReturnSubscriptionArn: false })).toBe(
      'pending confirmation',
    );
    expect(
      (await client.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions,
    ).toMatchObject([{ SubscriptionArn: 'PendingConfirmation', Endpoint: 'ann@example.org' }]);
    await publish('early', { MessageAttributes: { approver: { DataType: 'String', StringValue: 'ann' } } });
    const mail = await newestMail();
    expect(mail).toMatchObject({
      to: 'ann@example.org',
      subject: 'AWS Notification - Subscription Confirmation',
    });
    const link = linkIn(mail.text, 'ConfirmSubscription');
    expect(await follow(link.replace(/Token=.{4}/, 'Token=0000'))).toBe(400);
    expect([await follow(link), await follow(link)]).toEqual([200, 200]);
    expect(await attributesOf(arn)).toMatchObject({
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'false',
    });
    expect((await client.send(new sns.ListSubscriptionsCommand({}))).Subscriptions).toContainEqual(
      expect.objectContaining({ SubscriptionArn: arn }),
    );
  });

  it('are dropped when nobody confirms for 48 hours', async () => {
    confirmSubscriptions = false;
    const arn = await subscribe('late@example.org');
    nowMs += 48 * 3600 * 1000 - 1;
    expect((await attributesOf(arn)).PendingConfirmation).toBe('true');
    nowMs += 1;
    expect((await errorOf(attributesOf(arn))).name).toBe('NotFoundException');
    expect(await follow(linkIn((await newestMail()).text, 'ConfirmSubscription'))).toBe(400);
  });

  it('are confirmed at once by the mailbox, unless told otherwise', async () => {
    const arn = await subscribe('ann@example.org');
    expect((await attributesOf(arn)).PendingConfirmation).toBe('false');
    expect((await client.send(new sns.GetTopicAttributesCommand({ TopicArn }))).Attributes).toMatchObject({
      SubscriptionsConfirmed: '1',
      SubscriptionsPending: '0',
    });
    expect(await subscribe('ann@example.org')).toBe(arn);
    expect((await errorOf(subscribe('ann@example.org', { other: ['x'] }))).name).toBe(
      'InvalidParameterException',
    );
  });

  it('end by the link in a mail, unless confirmed with AuthenticateOnUnsubscribe', async () => {
    const arn = await subscribe('ann@example.org');
    await publish('hello');
    const link = linkIn((await newestMail()).text, 'Unsubscribe');
    expect(await follow(link)).toBe(200);
    expect((await errorOf(attributesOf(arn))).name).toBe('NotFoundException');
    expect(
      (await client.send(new sns.GetTopicAttributesCommand({ TopicArn }))).Attributes?.SubscriptionsDeleted,
    ).toBe('1');

    confirmSubscriptions = false;
    const guarded = await subscribe('bob@example.org');
    const Token =
      new URL(linkIn((await newestMail()).text, 'ConfirmSubscription')).searchParams.get('Token') ?? '';
    await client.send(
      new sns.ConfirmSubscriptionCommand({ TopicArn, Token, AuthenticateOnUnsubscribe: 'true' }),
    );
    expect((await attributesOf(guarded)).ConfirmationWasAuthenticated).toBe('true');
    await publish('hello');
    expect(await follow(linkIn((await newestMail()).text, 'Unsubscribe'))).toBe(403);
    await client.send(new sns.UnsubscribeCommand({ SubscriptionArn: guarded }));
    expect((await errorOf(attributesOf(guarded))).name).toBe('NotFoundException');
  });

  it.each<[string, Partial<sns.SubscribeCommandInput>, string]>([
    [
      'a function',
      { Protocol: 'lambda', Endpoint: 'arn:aws:lambda:us-east-1:0:function:f' },
      'NotImplemented',
    ],
    ['a queue', { Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:0:q' }, 'NotImplemented'],
    ['a protocol nobody knows', { Protocol: 'pigeon' }, 'InvalidParameterException'],
    ['no address', { Endpoint: 'ann' }, 'InvalidParameterException'],
    ['a header in the address', { Endpoint: 'a@b\r\nBcc: c@d' }, 'InvalidParameterException'],
    ['a policy on the body', { Attributes: { FilterPolicyScope: 'MessageBody' } }, 'NotImplemented'],
    ['a policy that is no JSON', { Attributes: { FilterPolicy: '{' } }, 'InvalidParameterException'],
    [
      'an unknown operator',
      { Attributes: { FilterPolicy: '{"a":[{"like":"x"}]}' } },
      'InvalidParameterException',
    ],
    ['a value outside an array', { Attributes: { FilterPolicy: '{"a":"x"}' } }, 'InvalidParameterException'],
    [
      'six keys',
      {
        Attributes: {
          FilterPolicy: JSON.stringify(Object.fromEntries('abcdef'.split('').map((k) => [k, ['x']]))),
        },
      },
      'InvalidParameterException',
    ],
    ['another topic', { TopicArn: 'arn:aws:sns:us-east-1:000000000000:absent' }, 'NotFoundException'],
  ])('are refused for %s', async (_, more, expected) => {
    expect((await errorOf(subscribe('ann@example.org', undefined, more))).name).toBe(expected);
    expect(await listMails(folder)).toEqual([]);
  });
});

describe('messages', () => {
  it('are mails that any reader understands', async () => {
    const text = `Grüße — ${'x'.repeat(200)}\n= equals =\ntrailing blank \n.\nhttps://host/a/1?k=${'k'.repeat(90)}`;
    await subscribe('ann@example.org');
    const { MessageId } = await publish(text, { Subject: 'Release 7: approve?' });
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    const mail = await newestMail();
    expect(mail).toMatchObject({
      subject: 'Release 7: approve?',
      to: 'ann@example.org',
      from: 'no-reply@sns.amazonaws.com',
      dateMs: Math.floor(nowMs / 1000) * 1000,
    });
    expect(mail.text.startsWith(`${text}\n\n--\n`)).toBe(true);
    expect(linkIn(mail.text, 'Unsubscribe')).toContain('SubscriptionArn=arn%3Aaws%3Asns');
    const raw = await readFile(mail.path, 'utf8');
    expect(raw).toMatch(
      /^Date: \w{3}, \d\d \w{3} 2026 \d\d:\d\d:\d\d \+0000\r\nFrom: AWS Notifications <no-reply@sns\.amazonaws\.com>\r\n/,
    );
    expect(raw.split('\r\n').every((line) => line.length <= 76 && /^[\x20-\x7e]*$/.test(line))).toBe(true);
    expect((await PostalMime.parse(raw)).messageId).toMatch(/^<.+@.+>$/);
  });

  it('bear the display name of their topic', async () => {
    TopicArn = 'arn:aws:sns:us-east-1:000000000000:declared';
    await subscribe('ann@example.org');
    await publish('x');
    expect((await PostalMime.parse(await readFile((await newestMail()).path))).from?.name).toBe('Bühne, "A"');
  });

  it('lie in files that sort by time and are never half written', async () => {
    await subscribe('ann@example.org');
    await Promise.all(Array.from({ length: 5 }, (_, n) => publish(`m${n}`)));
    nowMs += 1;
    await publish('last');
    const names = (await readdir(folder)).sort();
    expect(names).toHaveLength(7);
    for (const name of names) expect(name).toMatch(/^\d{8}T\d{9}Z-\d{6}-ann@example\.org\.eml$/);
    expect((await readMail(folder, names.at(-1) ?? '')).text).toContain('last');
    const reopened = createMailbox({ folder, clock });
    expect(
      await reopened.send({ fromName: 'A', fromAddress: 'a@b', to: 'x/../y@z', subject: 's', text: 't' }),
    ).toContain('-000008-x_.._y@z.eml');
  });

  it.each<[string, Partial<sns.PublishCommandInput>, string]>([
    ['a subject of 100 characters', { Subject: 'x'.repeat(100) }, 'InvalidParameterException'],
    ['a subject with a line end', { Subject: 'a\nb' }, 'InvalidParameterException'],
    ['a subject that is not ASCII', { Subject: 'Grüße' }, 'InvalidParameterException'],
    ['no text', { Message: '' }, 'InvalidParameterException'],
    ['more than 256 KiB', { Message: 'x'.repeat(256 * 1024 + 1) }, 'InvalidParameterException'],
    [
      'a number that is none',
      { MessageAttributes: { n: { DataType: 'Number', StringValue: 'x' } } },
      'InvalidParameterValueException',
    ],
    ['a phone number', { TopicArn: undefined, PhoneNumber: '+1' }, 'NotImplemented'],
  ])('are refused with %s', async (_, more, expected) => {
    expect((await errorOf(publish('text', more))).name).toBe(expected);
  });

  it('may have a text of their own for mail', async () => {
    await subscribe('ann@example.org');
    await publish(JSON.stringify({ default: 'for all', email: 'for mail' }), { MessageStructure: 'json' });
    expect((await newestMail()).text).toMatch(/^for mail/);
  });

  it('come in batches', async () => {
    await subscribe('ann@example.org');
    const batch = (ids: string[]) =>
      client.send(
        new sns.PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: ids.map((Id) => ({
            Id,
            Message: `m-${Id}`,
            ...(Id === 'bad' ? { Subject: 'a\nb' } : {}),
          })),
        }),
      );
    const done = await batch(['a', 'bad', 'b']);
    expect([done.Successful?.map(({ Id }) => Id), done.Failed]).toEqual([
      ['a', 'b'],
      [expect.objectContaining({ Id: 'bad', Code: 'InvalidParameter', SenderFault: true })],
    ]);
    expect(await listMails(folder)).toHaveLength(3);
    expect((await errorOf(batch(['a', 'a']))).name).toBe('BatchEntryIdsNotDistinctException');
    expect((await errorOf(batch([]))).name).toBe('EmptyBatchRequestException');
  });
});

describe('filter policies', () => {
  const String_ = (StringValue: string) => ({ DataType: 'String', StringValue });
  const Number_ = (value: number) => ({ DataType: 'Number', StringValue: String(value) });
  it.each<[object, Record<string, sns.MessageAttributeValue>, boolean]>([
    [{ a: ['x', 'y'] }, { a: String_('y') }, true],
    [{ a: ['x'] }, { a: String_('z') }, false],
    [{ a: ['x'] }, {}, false],
    [{ a: ['x'], b: ['y'] }, { a: String_('x') }, false],
    [{ a: [{ prefix: 'rel-' }] }, { a: String_('rel-1') }, true],
    [{ a: [{ suffix: '@x.org' }] }, { a: String_('a@x.com') }, false],
    [{ a: [{ 'equals-ignore-case': 'ANN' }] }, { a: String_('ann') }, true],
    [{ a: [{ 'anything-but': ['x', 'y'] }] }, { a: String_('z') }, true],
    [{ a: [{ 'anything-but': 'x' }] }, { a: String_('x') }, false],
    [{ a: [{ 'anything-but': { prefix: 'x' } }] }, { a: String_('xy') }, false],
    [{ a: [{ 'anything-but': ['x'] }] }, {}, false],
    [{ a: [{ exists: true }] }, { a: String_('x') }, true],
    [{ a: [{ exists: false }] }, {}, true],
    [{ a: [{ exists: false }] }, { a: String_('x') }, false],
    [{ n: [{ numeric: ['>=', 1, '<', 3] }] }, { n: Number_(2.5) }, true],
    [{ n: [{ numeric: ['>=', 1, '<', 3] }] }, { n: Number_(3) }, false],
    [{ n: [{ numeric: ['=', 3] }] }, { n: String_('3') }, false],
    [{ n: [3] }, { n: Number_(3) }, true],
    [{ a: ['x'] }, { a: { DataType: 'String.Array', StringValue: '["w","x"]' } }, true],
  ])('%j with %j: %s', async (policy, MessageAttributes, isDelivered) => {
    await subscribe('ann@example.org', policy);
    await publish('text', { MessageAttributes });
    expect((await listMails(folder)).length - 1).toBe(isDelivered ? 1 : 0);
  });

  it('can be changed and taken away', async () => {
    const SubscriptionArn = await subscribe('ann@example.org', { a: ['x'] });
    const set = (AttributeValue: string) =>
      client.send(
        new sns.SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: 'FilterPolicy',
          AttributeValue,
        }),
      );
    await set('{"a":["y"]}');
    expect((await attributesOf(SubscriptionArn)).FilterPolicy).toBe('{"a":["y"]}');
    await set('{}');
    expect((await attributesOf(SubscriptionArn)).FilterPolicy).toBeUndefined();
  });
});

it('answers 501 with its name for an unknown operation', async () => {
  const error = await errorOf(client.send(new sns.ListPlatformApplicationsCommand({})));
  expect([error.name, error.message]).toEqual([
    'NotImplemented',
    expect.stringContaining('ListPlatformApplications'),
  ]);
});
