import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtFolder, findBinaries, programs } from './binaries.ts';

describe('the programs of a control plane', () => {
  const before = { ...process.env };
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'build-'));
    process.env = { ...before, XDG_CACHE_HOME: join(home, 'cache'), KUBEBUILDER_ASSETS: '' };
  });
  afterEach(() => {
    process.env = before;
    rmSync(home, { recursive: true });
  });

  /** Puts a program called `go` in front, which does what a shell script says with `$out`, the path after -o. */
  function withGo(script: string): void {
    const folder = join(home, 'bin');
    mkdirSync(folder);
    const text = `#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\nout=$2\n${script}\n`;
    writeFileSync(join(folder, 'go'), text, { mode: 0o755 });
    process.env.PATH = folder + delimiter + process.env.PATH;
  }
  const everything =
    'case "$out" in */) for name in kube-apiserver kube-controller-manager kube-scheduler kubelet; do echo >"$out$name"; done ;; *) echo >"$out" ;; esac';
  const isBuilt = () => existsSync(builtFolder());

  it('are built where they are absent, once', async () => {
    withGo(everything);
    const said: string[] = [];
    const binaries = await findBinaries((line) => said.push(line));
    expect(Object.values(binaries).every((path) => existsSync(path))).toBe(true);
    expect(Object.keys(binaries)).toEqual(programs);
    await findBinaries((line) => said.push(line));
    expect(said).toHaveLength(1);
  });

  it('are not there after a build that was broken off, and leave nothing', async () => {
    withGo('echo >"$out/kube-apiserver"; exit 1');
    await expect(findBinaries(() => {})).rejects.toThrow('go build of kubernetes ended with 1');
    expect(isBuilt()).toBe(false);
    expect(readdirSync(join(home, 'cache', 'tidegate'))).toEqual([]);
  });

  it('are not there when their build was killed', async () => {
    mkdirSync(`${builtFolder()}.unfinished-1`, { recursive: true });
    withGo(everything);
    expect(isBuilt()).toBe(false);
    await findBinaries(() => {});
    expect(isBuilt()).toBe(true);
  });

  it('say that Go is needed', async () => {
    process.env.PATH = join(home, 'nothing');
    await expect(findBinaries(() => {})).rejects.toThrow("'go' is needed to build a control plane");
  });

  it('are those of KUBEBUILDER_ASSETS where it has them', async () => {
    withGo(everything);
    const assets = join(home, 'assets');
    mkdirSync(assets);
    for (const name of ['etcd', 'kube-apiserver', 'kubectl']) writeFileSync(join(assets, name), '');
    process.env.KUBEBUILDER_ASSETS = assets;
    const binaries = await findBinaries(() => {});
    expect(binaries.etcd).toBe(join(assets, 'etcd'));
    expect(binaries['kube-apiserver']).toBe(join(assets, 'kube-apiserver'));
    expect(binaries['kube-scheduler']).toBe(join(builtFolder(), 'kube-scheduler'));
  });
});
