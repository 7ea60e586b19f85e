import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { chmod, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPromise } from 'yauzl';
import { packFolder } from '../../../cli/bundle/pack.ts';
import { scanFolder } from '../../../cli/bundle/scan-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const release = 'apiVersion: tidegate.dev/v1\nkind: Release\napplication: hello\n';
const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

async function names(zipFile: string): Promise<string[]> {
  const zip = await openPromise(zipFile);
  const found: string[] = [];
  for await (const entry of zip.eachEntry()) found.push(entry.fileName);
  return found;
}

describe('packFolder', () => {
  it('writes the same bytes from the same files, whatever their order, times and modes', async () => {
    const one = await temporaryFolder({
      'tidegate.yaml': release,
      'manifests/b.yaml': 'b: 1',
      'manifests/a.yaml': 'a: 1',
    });
    const two = await temporaryFolder({
      'manifests/a.yaml': 'a: 1',
      'manifests/b.yaml': 'b: 1',
      'tidegate.yaml': release,
    });
    await utimes(join(two, 'manifests/a.yaml'), new Date(0), new Date(0));
    await chmod(join(two, 'manifests/b.yaml'), 0o755);
    const out = await temporaryFolder();
    const first = await packFolder(one, join(out, 'one.zip'));
    const second = await packFolder(two, join(out, 'two.zip'));
    const bytes = await readFile(join(out, 'one.zip'));
    expect(await readFile(join(out, 'two.zip'))).toEqual(bytes);
    expect(second.sha256).toBe(first.sha256);
    expect(first).toMatchObject({ files: 3, bytes: bytes.length });
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(first.sha256);
    expect(await names(join(out, 'one.zip'))).toEqual([
      'manifests/a.yaml',
      'manifests/b.yaml',
      'tidegate.yaml',
    ]);
  });

  it('writes the same bytes in every time zone', async () => {
    const out = await temporaryFolder();
    const cli = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
    const hashes = ['Pacific/Kiritimati', 'America/Anchorage'].map((zone) => {
      const args = [cli, 'bundle', join(examples, 'hello/v1'), '-o', join(out, 'z.zip'), '--json'];
      const printed = execFileSync(process.execPath, args, {
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      });
      return JSON.parse(printed).sha256;
    });
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).toBe(hashes[0]);
  });

  it('changes with the content', async () => {
    const folder = await temporaryFolder({ 'tidegate.yaml': release, 'manifests/a.yaml': 'a: 1' });
    const out = await temporaryFolder();
    const before = await packFolder(folder, join(out, 'a.zip'));
    await writeFile(join(folder, 'manifests/a.yaml'), 'a: 2');
    expect((await packFolder(folder, join(out, 'a.zip'))).sha256).not.toBe(before.sha256);
  });

  it('leaves out what tools leave behind, and says so', async () => {
    const folder = await temporaryFolder({
      'tidegate.yaml': release,
      '.git/HEAD': 'x',
      'manifests/.DS_Store': 'x',
    });
    const out = await temporaryFolder();
    const packed = await packFolder(folder, join(out, 'a.zip'));
    expect(packed.leftOut).toEqual(['.git', 'manifests/.DS_Store']);
    expect(await names(join(out, 'a.zip'))).toEqual(['tidegate.yaml']);
  });

  it('leaves nothing behind when the folder cannot be packed', async () => {
    const out = await temporaryFolder();
    const folder = await temporaryFolder({ 'manifests/a.yaml': 'a: 1' });
    await expect(packFolder(folder, join(out, 'a.zip'))).rejects.toThrow('has no tidegate.yaml');
    expect(await readdir(out)).toEqual([]);
  });
});

describe('scanFolder', () => {
  it('refuses a symbolic link by name', async () => {
    const folder = await temporaryFolder({ 'tidegate.yaml': release, 'manifests/a.yaml': 'a: 1' });
    symlinkSync('a.yaml', join(folder, 'manifests/b.yaml'));
    await expect(scanFolder(folder)).rejects.toThrow('manifests/b.yaml is a symbolic link');
  });

  it('refuses a named pipe', async () => {
    const folder = await temporaryFolder({ 'tidegate.yaml': release });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(scanFolder(folder)).rejects.toThrow('pipe is a named pipe');
  });

  it.each([
    { fault: 'letter case', files: { 'manifests/a.yaml': '', 'manifests/A.yaml': '' }, message: /case/ },
    { fault: 'a backslash', files: { 'manifests\\a.yaml': '' }, message: /backslash/ },
    {
      fault: 'letter case of a folder',
      files: { 'manifests/x/a.yaml': '', 'manifests/X/b.yaml': '' },
      message: /case/,
    },
  ])('refuses names that other systems read otherwise: $fault', async ({ files, message }) => {
    const folder = await temporaryFolder({ 'tidegate.yaml': release, ...(files as Record<string, string>) });
    await expect(scanFolder(folder)).rejects.toThrow(message);
  });

  it('refuses a manifest over the limit without reading it', async () => {
    const folder = await temporaryFolder({ 'tidegate.yaml': release, 'manifests/huge.yaml': '' });
    await truncate(join(folder, 'manifests/huge.yaml'), 6 * 1024 ** 2);
    await expect(scanFolder(folder)).rejects.toThrow(
      'manifests/huge.yaml is 6 MiB; a manifest may have 5 MiB',
    );
  });

  it('refuses more in all than a bundle may hold', async () => {
    const folder = await temporaryFolder({ 'tidegate.yaml': release, 'docs/film.mp4': '' });
    await truncate(join(folder, 'docs/film.mp4'), 6 * 1024 ** 3);
    await expect(scanFolder(folder)).rejects.toThrow('a bundle may hold 5 GiB');
  });
});
