import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '#domain/manifest.ts';

/** A run of another tool. */
export interface PeerRun {
  readonly exitCode: number;
  readonly seconds: number;
  /** The last lines it printed. */
  readonly lastWords: string;
}

export interface PeerSettings {
  /** The program's path. */
  readonly program: string;
  readonly kubeconfigFile: string;
  /** What the tool caches of the cluster's APIs is kept here between runs, which helps it. */
  readonly home: string;
}

/** Runs a program to its end. */
export async function runPeer(
  { program, kubeconfigFile, home }: PeerSettings,
  parameters: readonly string[],
): Promise<PeerRun> {
  const began = performance.now();
  const child = spawn(program, parameters, {
    env: { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfigFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => words.push(chunk.toString()));
  }
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  return {
    exitCode,
    seconds: (performance.now() - began) / 1000,
    lastWords: words.join('').trim().split('\n').slice(-4).join('\n'),
  };
}

/** Objects as other tools read them, in a folder for both. */
export interface PeerInput {
  /** As kubectl reads them: one file, a JSON List. */
  readonly list: string;
  /** As helm reads them: a chart with a template for each, holding nothing that a template engine would read. */
  readonly chart: string;
}

export function writePeerInput(objects: readonly KubernetesObject[]): PeerInput {
  const chart = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  mkdirSync(join(chart, 'templates'));
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: app\nversion: 1.0.0\n');
  for (const [index, object] of objects.entries()) {
    writeFileSync(join(chart, 'templates', `${index}.yaml`), JSON.stringify(object));
  }
  // Outside of what helm packs of a chart.
  const list = `${chart}.json`;
  writeFileSync(list, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return { list, chart };
}
