#!/usr/bin/env node
// Plain JavaScript that old Node versions can read: finds a Node that runs TypeScript and hands over to it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const main = join(folder, '..', 'main.ts');

/** Type stripping needs no flag from 22.18 on, and in 24. */
function runsTypeScript(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 23 || (major === 22 && minor >= 18);
}

/** The Node that this package brings as an optional dependency, wherever npm hoisted it to. */
function ownNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let parent = folder; ; parent = dirname(parent)) {
    const candidate = join(parent, 'node_modules', `node-${platform}-${process.arch}`, 'bin', file);
    if (existsSync(candidate)) return candidate;
    if (dirname(parent) === parent) return undefined;
  }
}

function handOver(node) {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes; this one only waits for the other to end.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`tidegate: ${node} cannot be started: ${error.message}`);
    process.exitCode = 7;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else process.exitCode = signal === 'SIGINT' ? 130 : 143;
  });
}

if (runsTypeScript(process.versions.node)) {
  await import(pathToFileURL(main).href);
} else {
  const node = ownNode();
  if (node === undefined) {
    console.error(
      `tidegate: Node ${process.versions.node} is too old, and the package node-${process.platform}-${process.arch} ` +
        'that brings a newer one is not installed.\n' +
        'Install Node 24, or run "npm ci" without --omit=optional.',
    );
    process.exitCode = 7;
  } else {
    handOver(node);
  }
}
