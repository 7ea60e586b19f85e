import { randomBytes } from 'node:crypto';
import type { Secrets } from '#ports/secrets.ts';

/** Crockford's base 32: no I, L, O, U, so that a code survives being read aloud. */
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Secrets from the system's random source. */
export const systemSecrets: Secrets = {
  linkSecret: () => randomBytes(32).toString('base64url'),
  linkId: () => randomBytes(16).toString('base64url'),
  // 256 is a multiple of 32, so that the remainder favours no character.
  decisionCode: () => Array.from(randomBytes(8), (byte) => crockford[byte % 32]).join(''),
};
