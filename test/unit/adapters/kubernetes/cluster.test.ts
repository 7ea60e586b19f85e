import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { type ScriptedAnswer, startScriptedServer, status } from './api-server.ts';

const web: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    futureField: { kept: true },
    template: { spec: { containers: [{ name: 'main', futureField: 1 }] } },
  },
};

describe('the Kubernetes adapter on the wire', () => {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;
  const start = async (...answers: ScriptedAnswer[]) => {
    server = await startScriptedServer(answers);
    return server;
  };
  afterEach(() => server.stop());

  it('sends raw JSON with its field manager, and loses no field that nobody knows (CL1, CL3)', async () => {
    const { cluster, seen } = await start({
      status: 200,
      body: web,
      headers: { warning: '299 - "old \\"API\\""' },
    });
    expect(await cluster.apply(web, 'dry-run')).toEqual({
      kind: 'applied',
      object: web,
      warnings: ['old "API"'],
    });
    expect(seen[0]).toMatchObject({
      method: 'PATCH',
      url: '/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=tidegate&fieldValidation=Strict&dryRun=All',
      headers: {
        'content-type': 'application/apply-patch+yaml',
        authorization: 'Bearer bearer-token',
        connection: 'keep-alive',
      },
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(web);
  });

  it('deletes with the uid as a precondition, workloads in the foreground (P2, P8)', async () => {
    const { cluster, seen } = await start({ status: 200, body: {} });
    await cluster.remove(
      { apiVersion: 'apps/v1', group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
      'u1',
    );
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u1' },
    });
  });

  const conflict = status(409, 'Operation cannot be fulfilled: UID in precondition', { reason: 'Conflict' });
  const place = { apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
  const found = (metadata: object): ScriptedAnswer => ({
    status: 200,
    body: { metadata: { name: 'web', ...metadata } },
  });
  it.each<[string, ScriptedAnswer]>([
    ['another object has its name by now', found({ uid: 'u2' })],
    ['it is gone by now', status(404, 'configmaps "web" not found', { details: { kind: 'configmaps' } })],
    ['it is on its way out', found({ uid: 'u1', deletionTimestamp: '2026-11-21T09:00:00Z' })],
  ])('takes a delete that was refused by a conflict for done when %s', async (_, now) => {
    const { cluster, seen } = await start(conflict, now);
    await cluster.remove(place, 'u1');
    expect(seen.map(({ method }) => method)).toEqual(['DELETE', 'GET']);
  });

  it('does not take a delete for done while the very object is still there', async () => {
    const { cluster } = await start(conflict, found({ uid: 'u1' }));
    await expect(cluster.remove(place, 'u1')).rejects.toMatchObject({
      name: 'ClusterUnavailableError',
      message: expect.stringContaining('ConfigMap shop/web: was not deleted'),
    });
  });

  it('tries again what may be tried again, waiting as long as the server asks', async () => {
    const busy = { ...status(429, 'too many requests'), headers: { 'retry-after': '1' } };
    const { cluster, seen, pauses } = await start(busy, status(503, 'apiserver not ready'), {
      status: 200,
      body: web,
    });
    expect(await cluster.apply(web, 'write')).toMatchObject({ kind: 'applied' });
    expect(seen).toHaveLength(3);
    expect(pauses[0]).toBe(1000);
  });

  it('gives up on an unavailable cluster after a bounded number of tries', async () => {
    const { cluster, seen } = await start(status(503, 'apiserver not ready'));
    await expect(cluster.apply(web, 'write')).rejects.toMatchObject({ name: 'ClusterUnavailableError' });
    expect(seen).toHaveLength(5);
  });

  it('refreshes its credentials once on 401', async () => {
    const { cluster, forgotten } = await start(status(401, 'Unauthorized'), { status: 200, body: web });
    expect(await cluster.apply(web, 'write')).toMatchObject({ kind: 'applied' });
    expect(forgotten()).toBe(1);
  });

  it('says who to give access when the cluster does not know it', async () => {
    const { cluster, seen } = await start(status(401, 'Unauthorized'));
    await expect(cluster.apply(web, 'write')).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('access entry'),
    });
    expect(seen).toHaveLength(2);
  });

  it('tells the audit log what it is (L3)', async () => {
    const { cluster, seen } = await start({ status: 200, body: web });
    await cluster.apply(web, 'write');
    expect(seen[0]?.headers['user-agent']).toMatch(/^tidegate\/\d+\.\d+\.\d+/);
  });

  it('waits for a webhook longer than for a busy server, then names it (CL4, O3)', async () => {
    const down = status(500, 'Internal error occurred: failed calling webhook "check.example.com": refused', {
      reason: 'InternalError',
    });
    const { cluster, seen, pauses } = await start(down);
    await expect(cluster.apply(web, 'write')).rejects.toMatchObject({
      name: 'ClusterUnavailableError',
      message: expect.stringContaining('"check.example.com"'),
    });
    expect(seen.length).toBeGreaterThan(5);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThanOrEqual(12_000);
  });

  // The texts are answers of a 1.36.2 API server.
  const refusals: readonly (readonly [string, ScriptedAnswer, string])[] = [
    [
      'a schema error, which is a 500 without a reason',
      status(
        500,
        'failed to create typed patch object (default/ssa1; apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema',
      ),
      'ManifestRefusedError',
    ],
    [
      // Seen on 1.36.1: a 500 without a reason, like a schema error.
      'a value that cannot be read',
      status(
        500,
        "failed to convert new object (kube-system/coredns; apps/v1, Kind=Deployment) to proper version: unable to convert unstructured object to apps/v1, Kind=Deployment: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      ),
      'ManifestRefusedError',
    ],
    [
      'a webhook that denies',
      status(400, 'admission webhook "deny.example.com" denied the request: no'),
      'ManifestRefusedError',
    ],
    [
      'an admission policy',
      status(
        422,
        "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'no-latest' denied request: image tag :latest is not allowed",
        { reason: 'Invalid' },
      ),
      'ManifestRefusedError',
    ],
    [
      'a namespace that is going',
      status(
        403,
        'configmaps "x" is forbidden: unable to create new content in namespace dying because it is being terminated',
        { reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating' }] } },
      ),
      'ManifestRefusedError',
    ],
    [
      'a quota',
      status(403, 'pods "x" is forbidden: exceeded quota: q, requested: pods=1', { reason: 'Forbidden' }),
      'ManifestRefusedError',
    ],
    [
      'missing rights',
      status(
        403,
        'deployments.apps "web" is forbidden: User "u" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
        { reason: 'Forbidden' },
      ),
      'ConfigurationError',
    ],
  ];
  it('answers what the object breaks, cause by cause, for the rules to judge (I1)', async () => {
    const cause = {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: {}: field is immutable',
      field: 'spec.selector',
    };
    const message = 'Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: field is immutable';
    const { cluster } = await start(
      status(422, message, { reason: 'Invalid', details: { causes: [cause] } }),
    );
    expect(await cluster.apply(web, 'dry-run')).toEqual({
      kind: 'invalid',
      refusal: { message, causes: [cause] },
    });
  });

  it('knows a resource that is not served', async () => {
    const { cluster } = await start({ status: 404, body: '404 page not found' });
    expect(await cluster.apply(web, 'write')).toEqual({ kind: 'kind-missing', apiVersion: 'apps/v1' });
  });

  it('knows a webhook that takes no part in dry runs', async () => {
    const message = 'admission webhook "old.example.com" does not support dry run';
    const { cluster } = await start(status(400, message, { reason: 'BadRequest' }));
    expect(await cluster.apply(web, 'dry-run')).toEqual({ kind: 'dry-run-impossible', reason: message });
    await expect(cluster.apply(web, 'write')).rejects.toMatchObject({ name: 'ManifestRefusedError' });
  });

  for (const [name, answer, error] of refusals) {
    it(`knows ${name}`, async () => {
      const { cluster, seen } = await start(answer);
      await expect(cluster.apply(web, 'write')).rejects.toMatchObject({ name: error });
      expect(seen).toHaveLength(1);
    });
  }
});
