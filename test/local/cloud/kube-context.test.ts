import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { type KubeContextProxy, startKubeContextProxy } from '../../../local/kube-context/proxy.ts';

const folder = mkdtempSync(join(tmpdir(), 'kube-context-'));
const kubeconfigFile = join(folder, 'config');
const authenticator = (token: string) => (token === 'eks-token' ? { username: 'u', groups: [] } : undefined);
let cluster: LaptopCluster;
let proxy: KubeContextProxy;

beforeAll(async () => {
  cluster = await startCluster();
  writeFileSync(kubeconfigFile, cluster.kubeconfig('mine'));
  proxy = await startKubeContextProxy({ context: 'mine', authenticator, kubeconfigFile });
});
afterAll(async () => {
  await proxy?.close();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly body: Record<string, unknown>;
}

function call(method: string, path: string, token?: string, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const sent = request(`${proxy.url}${path}`, { method, headers, ca: proxy.caPem }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) });
    });
    sent.on('error', reject).end(body && JSON.stringify(body));
  });
}

describe("a cluster of the user's own", () => {
  it('is reached with an EKS token, by its own credentials', async () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: '1' } };
    const path = '/api/v1/namespaces/default/configmaps';
    expect((await call('POST', path, 'eks-token', map)).status).toBe(201);
    expect((await call('GET', `${path}/x`, 'eks-token')).body).toMatchObject({ data: { a: '1' } });
  });
  it.each([[undefined], ['other']])('answers 401 to the token %s', async (token) => {
    expect(await call('GET', '/api/v1/namespaces', token)).toMatchObject({
      status: 401,
      body: { kind: 'Status', reason: 'Unauthorized' },
    });
  });
  it('passes on watch events as they come', async () => {
    const seen = await new Promise<string>((resolve, reject) => {
      const url = `${proxy.url}/api/v1/namespaces?watch=true`;
      const headers = { authorization: 'Bearer eks-token' };
      const sent = request(url, { headers, ca: proxy.caPem }, (response) => {
        response.once('data', (chunk) => {
          sent.destroy();
          resolve(String(chunk));
        });
      });
      sent.on('error', reject).end();
    });
    expect(seen).toContain('"type":"ADDED"');
  });
  it('names the contexts there are when one is not', async () => {
    const starting = startKubeContextProxy({ context: 'kind', authenticator, kubeconfigFile });
    await expect(starting).rejects.toThrow(
      'Kubernetes context "kind" is not in the kubeconfig; there are: mine',
    );
  });
});
