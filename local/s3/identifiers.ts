import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** The opaque names S3 gives: callers may only compare them. */
export interface Identifiers {
  versionId(): string;
  isVersionId(text: string): boolean;
  /** Hexadecimal and growing: of two events of one key the later has the greater one. */
  sequencer(): string;
}

export function createIdentifiers(clock: Clock): Identifiers {
  let last = 0n;
  return {
    versionId: () => randomBytes(24).toString('base64').replaceAll('+', '.').replaceAll('/', '_'),
    isVersionId: (text) => text === 'null' || /^[A-Za-z0-9._]{32}$/.test(text),
    sequencer() {
      const now = BigInt(Math.floor(clock.now())) << 20n;
      last = now > last ? now : last + 1n;
      return last.toString(16).toUpperCase().padStart(18, '0');
    },
  };
}
