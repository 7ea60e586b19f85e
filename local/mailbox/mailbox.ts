import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { type Clock, systemClock } from '../clock.ts';
import { composeMail, type OutgoingMail } from './message.ts';

export interface MailboxOptions {
  /** Made when the first mail comes. */
  readonly folder: string;
  readonly clock?: Clock;
  /** Whether the mailbox plays people who confirm their subscriptions as soon as they are asked. */
  readonly confirmSubscriptions?: boolean;
}

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

/** Everybody's mailbox: one folder of `.eml` files, whose names sort by time. */
export interface Mailbox {
  readonly folder: string;
  readonly confirmSubscriptions: boolean;
  /** Writes the mail whole or not at all; returns its id. */
  send(mail: OutgoingMail): Promise<string>;
}

const extension = '.eml';

export function createMailbox({
  folder,
  clock = systemClock,
  confirmSubscriptions = true,
}: MailboxOptions): Mailbox {
  let count: Promise<number> | undefined;
  const nextNumber = (): Promise<number> => {
    count = (count ?? mailsIn(folder)).then((number) => number + 1);
    return count;
  };
  return {
    folder,
    confirmSubscriptions,
    async send(mail) {
      const nowMs = clock.now();
      const number = await nextNumber();
      await mkdir(folder, { recursive: true });
      const time = new Date(nowMs).toISOString().replace(/[-:.]/g, '');
      const id = `${time}-${String(number).padStart(6, '0')}-${fileSafe(mail.to)}${extension}`;
      const partial = join(folder, `.${id}.partial`);
      await writeFile(partial, composeMail(mail, `${randomUUID()}@email.amazonses.com`, nowMs));
      await rename(partial, join(folder, id));
      return id;
    },
  };
}

const fileSafe = (address: string): string => address.replace(/[^\w.@+-]/g, '_').slice(0, 100);

const idsIn = async (folder: string): Promise<readonly string[]> => {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith(extension) && !name.startsWith('.')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

/** The number of the newest mail, so that a mailbox that is opened again goes on counting. */
async function mailsIn(folder: string): Promise<number> {
  const numbers = (await idsIn(folder)).map((id) => Number(id.split('-')[1]));
  return Math.max(0, ...numbers.filter(Number.isInteger));
}

/** All mails of a mailbox, oldest first. */
export async function listMails(folder: string): Promise<readonly MailSummary[]> {
  const mails = await Promise.all((await idsIn(folder)).map((id) => readMail(folder, id)));
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
