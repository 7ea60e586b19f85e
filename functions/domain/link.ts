import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApprovalLink } from '#domain/approval.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What the ledger keeps of a link's secret: 256 random bits need no salt and no slow hash. */
export const secretHash = (secret: string): string => sha256(secret);

const lookAlikes: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** A typed code as Crockford's base 32 reads it: case, blanks and dashes do not count, O is 0, I and L are 1. */
export function normalisedCode(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/[OIL]/g, (letter) => lookAlikes[letter] ?? letter);
}

/** `ABCD-EFGH`: easier to copy by eye. */
export const codeText = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What the ledger keeps of a decision code: bound to its link, so that it is of no use with another one. */
export const codeHash = (linkId: string, code: string): string => sha256(`${linkId}:${normalisedCode(code)}`);

function sameHash(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one), 'hex'), Buffer.from(sha256(other), 'hex'));
}

/** True when `secret` is the link's; an unknown link takes as long to refuse as a wrong secret. */
export function opensLink(link: ApprovalLink | undefined, secret: string): link is ApprovalLink {
  return sameHash(link?.secretHash ?? '', secretHash(secret)) && link !== undefined;
}

/** True when `typed` is the link's decision code. */
export function matchesCode(link: ApprovalLink, typed: string): boolean {
  return sameHash(link.codeHash, codeHash(link.linkId, typed));
}
