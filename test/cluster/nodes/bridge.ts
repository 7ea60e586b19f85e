import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A network of this machine's own that a node's pods are on. */
export interface Bridge {
  readonly name: string;
  /** The node's own address in it: `10.200.7.1`. */
  readonly address: string;
  /** `10.200.7.0/24` */
  readonly subnet: string;
  remove(): void;
}

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const remove = (name: string): void => void ip('link', 'delete', name);

let made = 0;

/** Makes a bridge in a /24 that no interface of this machine is in. Needs root. */
export function makeBridge(): Bridge {
  removeAbandoned();
  made += 1;
  const name = `tg-${process.pid}-${made}`;
  const network = freeNetwork();
  const address = `${network}.1`;
  ip('link', 'add', name, 'type', 'bridge');
  ip('address', 'add', `${address}/24`, 'dev', name);
  ip('link', 'set', name, 'up');
  return { name, address, subnet: `${network}.0/24`, remove: () => remove(name) };
}

/** A process that was killed leaves its bridges behind. Another process may be removing them, too. */
function removeAbandoned(): void {
  for (const [, name = '', pid] of ip('-brief', 'link').matchAll(/^(tg-(\d+)-\d+)\s/gm)) {
    if (!existsSync(`/proc/${pid}`)) spawnSync('ip', ['link', 'delete', name]);
  }
}

function freeNetwork(): string {
  // As the kernel has them: Node lists no interface without a carrier, such as a bridge that no pod is on yet.
  const addresses = ip('-brief', '-4', 'address').matchAll(/(\d+\.\d+\.\d+)\.\d+\//g);
  const taken = new Set([...addresses].map(([, network]) => network));
  for (let third = 0; third < 256; third += 1) {
    if (!taken.has(`10.200.${third}`)) return `10.200.${third}`;
  }
  throw new Error('every network of 10.200.0.0/16 is taken');
}
