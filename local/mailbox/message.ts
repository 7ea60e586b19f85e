import { quotedPrintable } from './quoted-printable.ts';

/** A mail before it is written. */
export interface OutgoingMail {
  readonly fromName: string;
  readonly fromAddress: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text; any line ends. */
  readonly text: string;
}

/** A mail as RFC 5322 wants it, ready for a file. */
export function composeMail(mail: OutgoingMail, messageId: string, dateMs: number): string {
  const date = new Date(dateMs).toUTCString().replace('GMT', '+0000');
  const headers = [
    `Date: ${date}`,
    `From: ${displayName(mail.fromName)} <${mail.fromAddress}>`,
    `To: ${mail.to}`,
    `Message-ID: <${messageId}>`,
    `Subject: ${encodeWords(mail.subject)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: quoted-printable',
  ];
  const injected = headers.find((header) => /[\r\n](?! )/.test(header));
  if (injected) throw new TypeError(`Mail header ${JSON.stringify(injected)} must not have a line end`);
  return `${headers.join('\r\n')}\r\n\r\n${quotedPrintable(mail.text)}\r\n`;
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

const displayName = (name: string): string =>
  isAscii(name)
    ? /^[\w !#$%&'*+/=?^`{|}~-]*$/.test(name)
      ? name
      : `"${name.replace(/["\\]/g, '\\$&')}"`
    : encodeWords(name);

/** RFC 2047 encoded words, each short enough, split between characters. Line ends are no words: they are left for the check. */
function encodeWords(text: string): string {
  if (isAscii(text) || /[\r\n]/.test(text)) return text;
  const words: string[] = [''];
  for (const character of text) {
    const last = words.at(-1) ?? '';
    if (Buffer.byteLength(last + character) > 42) words.push(character);
    else words[words.length - 1] = last + character;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}
