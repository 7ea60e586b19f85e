import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { mailIds } from './mail-files.ts';

export interface MailSummary {
  /** The file's name. */
  readonly id: string;
  readonly path: string;
  readonly to: string;
  readonly subject: string;
  readonly dateMs: number;
}

export interface Mail extends MailSummary {
  readonly from: string;
  readonly text: string;
}

/** All mails of a mailbox, oldest first. */
export async function listMails(folder: string): Promise<readonly MailSummary[]> {
  const mails = await Promise.all((await mailIds(folder)).map((id) => readMail(folder, id)));
  return mails.map(({ id, path, to, subject, dateMs }) => ({ id, path, to, subject, dateMs }));
}

/** One mail of a mailbox, by the id that `listMails` gave. Throws ENOENT when there is none. */
export async function readMail(folder: string, id: string): Promise<Mail> {
  const path = join(folder, id);
  const parsed = await PostalMime.parse(await readFile(path));
  return {
    id,
    path,
    from: parsed.from?.address ?? '',
    to: parsed.to?.[0]?.address ?? '',
    subject: parsed.subject ?? '',
    dateMs: Date.parse(parsed.date ?? ''),
    text: parsed.text ?? '',
  };
}
