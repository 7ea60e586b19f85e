import { describe, expect, it } from 'vitest';
import { approvalMail } from '#domain/approval-mail.ts';
import { instant } from '#domain/instant.ts';
import { newestInvitation } from '../../../cli/mail/approval-mail.ts';
import { readMailbox } from '../../../cli/mail/mailbox.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A mail as the service words it, as a mail program stores it: CRLF, quoted-printable. */
function eml(release: number, to: string, url: string, environment = 'production'): string {
  const document = { bucket: 'b', key: 'k', versionId: 'v' };
  const plan = {
    application: 'hello',
    release,
    environment,
    attempt: 1,
    kind: 'promotion' as const,
    content: document,
    changes: [],
    digest: 'sha256:00',
    notes: [],
  };
  const { subject, body } = approvalMail({ plan, expiresAt: instant(0), url, decisionCode: 'ABCD2345' });
  const encoded = body
    .replaceAll('=', '=3D')
    .replace(/[^ -~\n]/g, (character) =>
      [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase()}`).join(''),
    )
    .split('\n')
    .flatMap(
      (line) =>
        line
          .match(/.{1,70}$|.{1,69}(?<!=.?)/g)
          ?.map((part, index, all) => (index < all.length - 1 ? `${part}=` : part)) ?? [''],
    )
    .join('\r\n');
  return [
    'From: Tidegate approvals <no-reply@sns.amazonaws.com>',
    `To: ${to}`,
    `Subject: ${subject}`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    encoded,
  ].join('\r\n');
}

const secret = 'k'.repeat(43);
const link = (id: string) => `http://127.0.0.1:4566/live/a/${id}?k=${secret}`;

describe('newestInvitation', () => {
  async function mailbox() {
    const folder = await temporaryFolder({
      '20261121T100000-000002-ana.eml': eml(2, 'ana@example.com', link('two-ana')),
      '20261121T100000-000001-ana.eml': eml(1, 'ana@example.com', link('one')),
      '20261121T100001-000003-ben.eml': eml(2, 'ben@example.com', link('two-ben')),
      '20261121T100002-000004-ana.eml': eml(12, 'ana@example.com', link('twelve')),
      '20261121T100003-000005-ana.eml': eml(2, 'ana@example.com', link('staging'), 'staging'),
      'notes.txt': 'no mail',
    });
    return readMailbox(folder);
  }

  it('reads link and code of the newest mail for that release and environment', async () => {
    const found = newestInvitation(await mailbox(), {
      application: 'hello',
      release: 2,
      environment: 'production',
    });
    expect(found).toMatchObject({ approver: 'ben@example.com', link: link('two-ben'), code: 'ABCD-2345' });
  });

  it('takes the mail of the person that is asked for', async () => {
    const query = {
      application: 'hello',
      release: 2,
      environment: 'production',
      approver: 'Ana@example.com',
    };
    expect(newestInvitation(await mailbox(), query).link).toBe(link('two-ana'));
  });

  it('does not take release 12 for release 1', async () => {
    const found = newestInvitation(await mailbox(), {
      application: 'hello',
      release: 1,
      environment: 'production',
    });
    expect(found.link).toBe(link('one'));
  });

  it('says that there is none', async () => {
    const query = { application: 'hello', release: 3, environment: 'production' };
    const mails = await mailbox();
    expect(() => newestInvitation(mails, query)).toThrow(
      'no mail asks for a decision on hello 3 in production',
    );
  });

  it('finds nothing in a mailbox that does not exist', async () => {
    expect(await readMailbox('/nowhere/mailbox')).toEqual([]);
  });
});
