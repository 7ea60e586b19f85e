import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import { mailExtension, mailIds } from './mail-files.ts';
import { composeMail, type OutgoingMail } from './message.ts';

export interface MailboxOptions {
  /** Made when the first mail comes. */
  readonly folder: string;
  readonly clock?: Clock;
  /** Whether the mailbox plays people who confirm their subscriptions as soon as they are asked. */
  readonly confirmSubscriptions?: boolean;
}

/** Everybody's mailbox: one folder of `.eml` files, whose names sort by time. */
export interface Mailbox {
  readonly folder: string;
  readonly confirmSubscriptions: boolean;
  /** Writes the mail whole or not at all; returns its id. */
  send(mail: OutgoingMail): Promise<string>;
}

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
      const id = `${time}-${String(number).padStart(6, '0')}-${fileSafe(mail.to)}${mailExtension}`;
      const partial = join(folder, `.${id}.partial`);
      await writeFile(partial, composeMail(mail, `${randomUUID()}@email.amazonses.com`, nowMs));
      await rename(partial, join(folder, id));
      return id;
    },
  };
}

const fileSafe = (address: string): string => address.replace(/[^\w.@+-]/g, '_').slice(0, 100);

/** The number of the newest mail, so that a mailbox that is opened again goes on counting. */
async function mailsIn(folder: string): Promise<number> {
  const numbers = (await mailIds(folder)).map((id) => Number(id.split('-')[1]));
  return Math.max(0, ...numbers.filter(Number.isInteger));
}
