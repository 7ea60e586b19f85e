import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudDescription } from '../../../local/state-folder.ts';

const main = fileURLToPath(new URL('../../../local/main.ts', import.meta.url));
const template = `
Resources:
  Sleeper:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      FunctionName: sleeper
      Timeout: 60
      InlineCode: |
        exports.handler = async ({ milliseconds }) => {
          await new Promise((resolve) => setTimeout(resolve, milliseconds));
          return process.pid;
        };
`;
let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
  writeFileSync(join(folder, 'template.yaml'), template);
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const file = () => join(folder, 'state', 'cloud.json');

function start(...more: readonly string[]) {
  const common = [
    '--template',
    join(folder, 'template.yaml'),
    '--stack-name',
    'app',
    '--no-cluster',
    '--json',
  ];
  const child = spawn(process.execPath, [main, ...common, '--state', join(folder, 'state'), ...more]);
  children.push(child);
  const output = { text: '', errors: '' };
  child.stdout.on('data', (chunk) => {
    output.text += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.errors += chunk;
  });
  return { child, output, ended: once(child, 'exit') as Promise<[number | null]> };
}

async function until<T>(look: () => T | undefined): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const description = () =>
  until(() =>
    existsSync(file()) ? (JSON.parse(readFileSync(file(), 'utf8')) as CloudDescription) : undefined,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function invoke(cloud: CloudDescription, milliseconds: number): Promise<number> {
  const { endpoint, region, accessKeyId, secretAccessKey } = cloud;
  const lambda = new LambdaClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
  const Payload = JSON.stringify({ milliseconds });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'sleeper', Payload }));
  return Number(answer.Payload?.transformToString());
}

describe('local/main.ts', () => {
  it('says when it is ready, and ends cleanly with all its children', async () => {
    const { child, output, ended } = start();
    const cloud = await description();
    expect(cloud).toMatchObject({ pid: child.pid, stackName: 'app', kubeconfig: '' });
    const sandbox = await invoke(cloud, 0);
    expect(isAlive(sandbox)).toBe(true);
    const [ready, built] = output.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(ready).toMatchObject({ ready: true, endpoint: cloud.endpoint });
    expect(output.text).not.toContain(cloud.secretAccessKey);
    expect(cloud.secretAccessKey.length).toBeGreaterThanOrEqual(32);
    expect([statSync(file()).mode & 0o777, statSync(dirname(file())).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(built).toEqual({ built: true });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect([isAlive(sandbox), existsSync(file())]).toEqual([false, false]);
  });

  it('ends with what is wrong when a function does not build', async () => {
    writeFileSync(
      join(folder, 'template.yaml'),
      `Resources:
  Broken:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [broken.ts] } }
    Properties: { Runtime: nodejs24.x, Handler: broken.handler, CodeUri: . }
`,
    );
    writeFileSync(join(folder, 'broken.ts'), "import './missing.ts';\n");
    const { output, ended } = start();
    expect(await ended).toEqual([1, null]);
    expect(output.errors).toContain('Build of "Broken"');
    expect(output.errors).toContain('missing.ts');
    expect(existsSync(file())).toBe(false);
  });

  it('leaves no sandbox behind when it is killed, and starts again on the same folder', async () => {
    const { child, ended } = start();
    const cloud = await description();
    const sandbox = await invoke(cloud, 0);
    // Busy, so that it is not waiting on the Runtime API when its cloud dies.
    void invoke(cloud, 30_000).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGKILL');
    await ended;
    await until(() => (isAlive(sandbox) ? undefined : true));
    const again = start();
    await until(() => (again.output.text.includes('"ready":true') ? true : undefined));
    expect((await description()).pid).toBe(again.child.pid);
  });

  it('refuses to start while another one is alive on the folder', async () => {
    const first = start();
    await description();
    const second = start();
    expect(await second.ended).toEqual([1, null]);
    expect(second.output.errors).toMatch(
      /^State folder ".*": a laptop cloud with process id \d+ is running on it/,
    );
    expect(second.output.errors).toContain(String(first.child.pid));
    expect((await description()).pid).toBe(first.child.pid);
  });

  it.each([
    [['--port', 'x'], 2, '--port "x" is no port'],
    [['--kube-context', 'kind'], 2, 'exclude each other'],
    [['--parameter', 'novalue'], 2, '--parameter "novalue" is not NAME=VALUE'],
    [['--nonsense'], 2, '--nonsense'],
    [['--parameter', 'Other=1'], 1, 'Parameters: "Other" is given a value'],
  ])('refuses %j', async (more, code, message) => {
    const { ended, output } = start(...more);
    expect(await ended).toEqual([code, null]);
    expect(output.errors).toContain(message);
    expect(output.errors).not.toContain('    at ');
  });
});
