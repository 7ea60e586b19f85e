import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';

/** Writes each denial as a line of `access-denied.log`, so that it is found even where a function swallows the error. */
export function denialLog(folder: string, clock: Clock): (message: string) => void {
  return (message) => {
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, 'access-denied.log'), `${new Date(clock.now()).toISOString()} ${message}\n`);
  };
}
