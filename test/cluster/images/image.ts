import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Behavior, defaultEnvironment, scriptOf } from './behaviors.ts';
import { type TarEntry, tar } from './tar.ts';

/** Content that a registry serves under its digest. */
export interface Blob {
  readonly digest: string;
  readonly mediaType: string;
  readonly content: Buffer;
}

/** An OCI image: its manifest, and the blobs that the manifest names. */
export interface Image {
  readonly manifest: Blob;
  readonly blobs: readonly Blob[];
}

const oci = 'application/vnd.oci.image';
const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const blob = (mediaType: string, content: Buffer): Blob => ({
  digest: digestOf(content),
  mediaType,
  content,
});
const jsonBlob = (mediaType: string, value: unknown): Blob =>
  blob(mediaType, Buffer.from(JSON.stringify(value)));
const descriptor = ({ digest, mediaType, content }: Blob) => ({ mediaType, digest, size: content.length });

/** A file system with busybox and all its applets in /bin. */
export interface BusyboxLayer {
  readonly layer: Blob;
  readonly uncompressedDigest: string;
}

/** Makes the layer from this machine's busybox. Throws when there is none, or one that is not static. */
export function busyboxLayer(program = '/bin/busybox'): BusyboxLayer {
  const content = readFileSync(program);
  // An image has no libraries: a program that loads them would not start, and say so in no helpful way.
  if (content.includes('/ld-linux'))
    throw new Error(`'${program}' is not static: apt install busybox-static`);
  const applets = execFileSync(program, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  const folder = (path: string, mode = 0o755): TarEntry => ({ kind: 'folder', path, mode });
  const file = (path: string, content: Buffer, mode = 0o644): TarEntry => ({
    kind: 'file',
    path,
    mode,
    content,
  });
  const archive = tar([
    folder('bin'),
    file('bin/busybox', content, 0o755),
    ...applets
      .filter((applet) => applet !== 'busybox')
      .map((applet): TarEntry => ({ kind: 'link', path: `bin/${applet}`, target: 'busybox' })),
    folder('etc'),
    file('etc/passwd', Buffer.from('root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n')),
    file('etc/group', Buffer.from('root:x:0:\nnobody:x:65534:\n')),
    folder('tmp', 0o1777),
    folder('www'),
    file('www/index.html', Buffer.from('ok\n')),
  ]);
  const layer = blob(`${oci}.layer.v1.tar+gzip`, gzipSync(archive, { level: 1 }));
  return { layer, uncompressedDigest: digestOf(archive) };
}

/** The image of a reference. The reference is in it as a label: other tags have other digests, as real releases do. */
export function makeImage(
  { layer, uncompressedDigest }: BusyboxLayer,
  reference: string,
  behavior: Exclude<Behavior, 'missing'>,
): Image {
  const config = jsonBlob(`${oci}.config.v1+json`, {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Entrypoint: ['/bin/sh', '-c', scriptOf(behavior)],
      Env: Object.entries(defaultEnvironment).map(([name, value]) => `${name}=${value}`),
      Labels: { reference },
    },
    rootfs: { type: 'layers', diff_ids: [uncompressedDigest] },
  });
  const manifest = jsonBlob(`${oci}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config: descriptor(config),
    layers: [descriptor(layer)],
  });
  return { manifest, blobs: [config, layer] };
}
