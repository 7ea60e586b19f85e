import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';

const program = process.env.KUBECTL ?? 'kubectl';
const isThere = (() => {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`skipped: no program "${program}" on the path (KUBECTL names another)`);
    return false;
  }
})();

const manifest = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: main
          image: shop/web:1
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { port: 8080 } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;

describe.skipIf(!isThere)('kubectl', () => {
  let cluster: LaptopCluster;
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const files = { kubeconfig: join(folder, 'kubeconfig'), manifest: join(folder, 'manifest.yaml') };
  const run = promisify(execFile);
  const kubectl = async (...args: string[]) => {
    const env = { ...process.env, KUBECONFIG: files.kubeconfig, HOME: folder };
    return (await run(program, args, { env })).stdout;
  };
  beforeAll(async () => {
    cluster = await startCluster();
    writeFileSync(files.kubeconfig, cluster.kubeconfig('laptop'));
    writeFileSync(files.manifest, manifest);
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  it('applies, follows a rollout, reads logs, scales, describes and deletes', async () => {
    expect(await kubectl('apply', '--server-side', '-f', files.manifest)).toContain(
      'deployment.apps/web serverside-applied',
    );
    expect(await kubectl('rollout', 'status', '-n', 'shop', 'deploy/web', '--timeout=20s')).toContain(
      'successfully rolled out',
    );
    expect(await kubectl('get', 'deploy', '-n', 'shop')).toMatch(
      /NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +2\/2 +2 +2 /,
    );
    expect(await kubectl('get', 'pods', '-n', 'shop', '-o', 'wide')).toMatch(/1\/1 +Running +0 .* node-1/);
    expect(await kubectl('logs', '-n', 'shop', 'deploy/web')).toContain('listening on port 8080');
    expect(await kubectl('diff', '--server-side', '-f', files.manifest)).toBe('');
    expect(await kubectl('describe', 'service', '-n', 'shop', 'web')).toContain(':8080');
    await kubectl('scale', '-n', 'shop', 'deploy/web', '--replicas=1');
    await kubectl('wait', '-n', 'shop', 'deploy/web', '--for=jsonpath={.status.replicas}=1', '--timeout=20s');
    expect(await kubectl('get', 'events', '-n', 'shop')).toContain('ScalingReplicaSet');
    await kubectl('delete', 'namespace', 'shop', '--timeout=20s');
  });

  it('creates from its own commands, and asks what it may do', async () => {
    await kubectl('create', 'namespace', 'own');
    await kubectl('create', 'deployment', 'api', '-n', 'own', '--image=shop/api:1', '--port=80');
    await kubectl('create', 'configmap', 'settings', '-n', 'own', '--from-literal=a=b');
    await kubectl('rollout', 'status', '-n', 'own', 'deploy/api', '--timeout=20s');
    expect(await kubectl('get', 'cm', 'settings', '-n', 'own', '-o', 'jsonpath={.data.a}')).toBe('b');
    expect(await kubectl('auth', 'can-i', 'create', 'pods')).toBe('yes\n');
  });
});
