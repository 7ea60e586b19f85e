import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';

/** One mail of the local mailbox. */
export interface Mail {
  /** From 1, oldest first. */
  readonly number: number;
  readonly file: string;
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  /** ISO 8601; empty when the mail says none. */
  readonly date: string;
  readonly text: string;
}

async function parse(file: string, number: number): Promise<Mail> {
  const { to = [], from, subject = '', date = '', text = '' } = await PostalMime.parse(await readFile(file));
  return {
    number,
    file,
    to: to.flatMap(({ address }) => (address === undefined ? [] : [address])),
    from: from?.address ?? '',
    subject,
    date,
    text,
  };
}

/** All mails of a folder of .eml files, oldest first; none when there is no folder. */
export async function readMailbox(folder: string): Promise<readonly Mail[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.eml') && !name.startsWith('.'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  // The names sort by time, mails of one second included.
  const files = names.sort().map((name) => join(folder, name));
  return Promise.all(files.map((file, index) => parse(file, index + 1)));
}
