import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The Go modules that the control plane is built from: their go.mod names the versions, their go.sum pins the content. */
export const moduleFolder = (name: 'kubernetes' | 'etcd'): string =>
  new URL(`modules/${name}`, import.meta.url).pathname;

const textOf = (name: 'kubernetes' | 'etcd', file: string): string =>
  readFileSync(`${moduleFolder(name)}/${file}`, 'utf8');

function versionOf(name: 'kubernetes' | 'etcd', module: string): string {
  const line = textOf(name, 'go.mod')
    .split('\n')
    .find((text) => text.replace('require', '').trim().startsWith(`${module} v`));
  if (line === undefined) throw new Error(`${moduleFolder(name)}/go.mod: requires no '${module}'`);
  return line.trim().split(' ')[line.includes('require') ? 2 : 1] ?? '';
}

/** `v1.36.1` */
export const kubernetesVersion = versionOf('kubernetes', 'k8s.io/kubernetes');
/** `v3.6.16` */
export const etcdVersion = versionOf('etcd', 'go.etcd.io/etcd/server/v3');

/** Tells builds of other dependencies apart that have the same two versions. */
export const modulesDigest = createHash('sha256')
  .update(['kubernetes', 'etcd'].map((name) => textOf(name as 'etcd', 'go.sum')).join('\n'))
  .digest('hex')
  .slice(0, 8);
