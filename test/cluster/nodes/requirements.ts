import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that a node needs, by the Debian packages that have them. */
const programs: readonly (readonly [program: string, package_: string])[] = [
  ['containerd', 'containerd'],
  ['containerd-shim-runc-v2', 'containerd'],
  ['runc', 'runc'],
  ['busybox', 'busybox-static'],
  ['ip', 'iproute2'],
  ['unshare', 'util-linux'],
  ['setpriv', 'util-linux'],
];
const networkPlugins = '/usr/lib/cni';

/** Why this machine cannot have nodes, each with its remedy; empty when it can. */
export function missingForNodes(): readonly string[] {
  if (process.platform !== 'linux') return [`Linux is needed, this is ${process.platform}`];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = (program: string) => folders.some((folder) => existsSync(join(folder, program)));
  return [
    ...(process.getuid?.() === 0 ? [] : ['root is needed, for containers and their network']),
    ...programs
      .filter(([program]) => !isThere(program))
      .map(([program, package_]) => `'${program}' is missing: apt install ${package_}`),
    ...(existsSync(join(networkPlugins, 'bridge'))
      ? []
      : [`'${networkPlugins}/bridge' is missing: apt install containernetworking-plugins`]),
  ];
}
