import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleLimits } from '#domain/bundle-limits.ts';
import { configMap, refusalOf, releaseYaml } from './bundles.ts';
import { type RawEntry, rawZip, zipOf } from './zips.ts';

const release: RawEntry = { name: 'tidegate.yaml', data: releaseYaml };
const manifest: RawEntry = { name: 'manifests/a.yaml', data: configMap('a') };
const good = rawZip([release, manifest]);
const zeros = Buffer.alloc(bundleLimits.fileBytes + 1, 'a');
const atDepth = (name: string): Buffer => rawZip([release, manifest, { name, data: 'x' }]);

const cases: readonly (readonly [what: string, bytes: () => Buffer | Promise<Buffer>, message: RegExp])[] = [
  ['an empty file', () => Buffer.alloc(0), /^bundle "web\/web.zip" is not a zip; make it with/],
  ['no zip', () => Buffer.from('kind: Deployment\n'.repeat(100)), /is not a zip/],
  ['a gzip', () => Buffer.from('1f8b0800', 'hex'), /is not a zip/],
  [
    'a zip without its end',
    () => good.subarray(0, good.length - 30),
    /is a truncated zip: its end is missing; upload it again/,
  ],
  ['a zip without its beginning', () => good.subarray(60), /damaged or truncated zip/],
  ['bytes after the end', () => Buffer.concat([good, Buffer.alloc(9)]), /has bytes after its end/],
  [
    'a name that leads out',
    () => atDepth('manifests/../../etc/passwd'),
    /entry "manifests\/\.\.\/\.\.\/etc\/passwd": its name leads out/,
  ],
  ['an absolute name', () => atDepth('/etc/passwd'), /entry "\/etc\/passwd": its name is absolute/],
  ['a drive name', () => atDepth('C:/x.yaml'), /entry "C:\/x.yaml": its name is absolute/],
  ['a backslash name', () => atDepth('manifests\\a.yaml'), /backslash; zip it with \//],
  ['an empty name', () => atDepth(''), /empty or \. segment/],
  ['an empty segment', () => atDepth('manifests//a.yaml'), /empty or \. segment/],
  ['a dot segment', () => atDepth('./manifests/b.yaml'), /empty or \. segment/],
  ['a control character', () => atDepth('manifests/a\n.yaml'), /control character/],
  ['a name of endless length', () => atDepth(`docs/${'x'.repeat(600)}`), /longer than 512 characters/],
  [
    'a name that is not UTF-8',
    () => rawZip([release, { name: Buffer.from([0x64, 0xff]) }]),
    /not \(one\) UTF-8/,
  ],
  [
    'a symbolic link',
    () => rawZip([release, { ...manifest, data: '/etc/passwd', mode: 0o120777 }]),
    /entry "manifests\/a.yaml": is a symbolic link/,
  ],
  ['a device', () => rawZip([release, { ...manifest, mode: 0o020666 }]), /is a character device/],
  ['a named pipe', () => rawZip([release, { ...manifest, mode: 0o010666 }]), /is a named pipe/],
  [
    'one name twice',
    () => rawZip([release, manifest, manifest]),
    /entry "manifests\/a.yaml": stands in the zip twice/,
  ],
  [
    'names that differ in case',
    () => atDepth('manifests/A.yaml'),
    /differs from "manifests\/a.yaml" only in case/,
  ],
  ['folders that differ in case', () => atDepth('Manifests/b.yaml'), /differs from "manifests" only in case/],
  [
    'a file that is a folder',
    () => rawZip([release, { name: 'docs' }, { name: 'docs/a' }]),
    /both a file and a folder/,
  ],
  [
    'an encrypted entry',
    () => rawZip([release, { ...manifest, flags: 0x801 }]),
    /is encrypted; zip it without a password/,
  ],
  ['strong encryption', () => rawZip([release, { ...manifest, flags: 0x841 }]), /is encrypted/],
  ['an unknown compression', () => rawZip([release, { ...manifest, method: 14 }]), /compressed by method 14/],
  ['too many entries', () => rawZip([release], { entryCount: 10_001 }), /holds 10001 entries; at most 10000/],
  [
    'more entries announced than there are',
    () => rawZip([release, manifest], { entryCount: 3 }),
    /damaged or truncated/,
  ],
  [
    'a file over the limit',
    () => zipOf({ 'tidegate.yaml': releaseYaml, 'manifests/a.yaml': zeros }),
    /manifests\/a.yaml: is larger than 5 MiB/,
  ],
  [
    'a bomb that says what it is',
    () => rawZip([release, { ...manifest, method: 8, data: zeros }]),
    /is larger than 5 MiB/,
  ],
  [
    'a bomb that says it is small',
    () => rawZip([release, { ...manifest, method: 8, data: zeros, declaredBytes: 100 }]),
    /manifests\/a.yaml: inflates to more than 200 times .* zip bomb/,
  ],
  [
    'a dense file that says it is small',
    () =>
      rawZip([
        release,
        { ...manifest, method: 8, data: noise(bundleLimits.fileBytes + 1), declaredBytes: 100 },
      ]),
    /is larger than 5 MiB/,
  ],
  [
    'too much in all',
    () =>
      rawZip([
        release,
        ...Array.from({ length: 14 }, (_, index) => ({
          name: `manifests/${index}.yaml`,
          data: zeros.subarray(0, -9),
        })),
      ]),
    /manifests together are larger than 64 MiB/,
  ],
  [
    'a directory that says too little',
    () => rawZip([release, { ...manifest, method: 8, declaredBytes: 3 }]),
    /says 3 bytes and holds/,
  ],
  [
    'a directory that says too much',
    () => rawZip([release, { ...manifest, declaredBytes: 4000 }]),
    /says 4000 bytes and holds/,
  ],
  [
    'a directory that points elsewhere',
    () => rawZip([release, { ...manifest, offset: 7 }]),
    /lies outside the zip/,
  ],
  [
    'a directory that points beyond',
    () => rawZip([release, { ...manifest, offset: 4e9 }]),
    /lies outside the zip/,
  ],
  [
    'two names for one entry',
    () => rawZip([release, { ...manifest, localName: 'manifests/b.yaml' }]),
    /another name or method/,
  ],
  [
    'a wrong checksum',
    () => rawZip([release, { ...manifest, crc: 1 }]),
    /checksum \(CRC-32\) does not match/,
  ],
  [
    'damaged compressed data',
    () => rawZip([release, { ...manifest, method: 8, compressed: Buffer.alloc(40, 0xff) }]),
    /compressed data is damaged/,
  ],
  [
    'compressed data cut short',
    () =>
      rawZip([
        release,
        { ...manifest, method: 8, compressed: deflateRawSync(configMap('a')).subarray(0, 20) },
      ]),
    /compressed data is damaged/,
  ],
];

function noise(bytes: number): Buffer {
  const text = Buffer.alloc(bytes);
  let state = 1;
  for (let index = 0; index < bytes; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text[index] = 97 + (state >>> 28);
  }
  return text;
}

describe('a zip that is refused', () => {
  it.each(cases)('%s', async (_, bytes, message) => {
    expect(await refusalOf(Buffer.from(await bytes()))).toMatch(message);
  });

  it('names every bad entry in one message', async () => {
    const message = await refusalOf(rawZip([release, { name: '../a' }, { name: '/b' }, { name: 'c\\d' }]));
    expect(message.split('\n')).toHaveLength(4);
    expect(message).toContain('has 3 problems:');
  });

  it('of any bytes, never with another error than the one it is meant to give', async () => {
    // Every byte of a small zip, one by one, set to 0 and to 255.
    for (let index = 0; index < good.length; index += 1) {
      for (const value of [0, 255]) {
        const bytes = Buffer.from(good);
        bytes[index] = value;
        const message = await refusalOf(bytes).catch((error: Error) => error.message);
        expect(message).toMatch(/^bundle "web|accepted$/);
      }
    }
  });
});
