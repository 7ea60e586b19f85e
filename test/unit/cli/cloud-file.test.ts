import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runningCloud } from '../../../cli/laptop/cloud-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

function description(facts: { readonly pid: number; readonly endpoint: string }): string {
  return JSON.stringify({
    region: 'us-east-1',
    accessKeyId: 'id',
    secretAccessKey: 'key',
    stackName: 'tidegate',
    mailbox: '/tmp/mailbox',
    kubeconfig: '/tmp/kubeconfig',
    ...facts,
  });
}

async function listener(): Promise<string> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('runningCloud', () => {
  it('finds a cloud whose process lives and answers', async () => {
    const endpoint = await listener();
    const state = await temporaryFolder({ 'cloud.json': description({ pid: process.pid, endpoint }) });
    expect(await runningCloud(state)).toMatchObject({ endpoint, stackName: 'tidegate' });
  });

  it('finds none where there is no file', async () => {
    expect(await runningCloud(await temporaryFolder())).toBeUndefined();
  });

  it('does not take a crashed cloud’s file for a cloud: no process', async () => {
    const endpoint = await listener();
    // Above the largest process number that Linux gives (2^22).
    const state = await temporaryFolder({ 'cloud.json': description({ pid: 2 ** 22 + 1, endpoint }) });
    expect(await runningCloud(state)).toBeUndefined();
  });

  it('does not take a crashed cloud’s file for a cloud: its number is another process’s', async () => {
    const facts = { pid: process.pid, endpoint: 'http://127.0.0.1:1' };
    expect(await runningCloud(await temporaryFolder({ 'cloud.json': description(facts) }))).toBeUndefined();
  });
});
