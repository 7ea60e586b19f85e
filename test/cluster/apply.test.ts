import { beforeAll, describe, expect, inject, it } from 'vitest';
import { appliedFields, managedFieldsOf } from '#domain/managed-fields.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Survey } from '../../functions/tasks/parts/survey-changes.ts';
import { restoreObject, surveyRestores } from '../../functions/tasks/parts/survey-restores.ts';
import { createReleases, until } from './applied-release.ts';
import { applyingAs } from './apply-as.ts';
import { makeNamespace } from './namespace.ts';

// What an apply does on a real API server: the rules of KUBERNETES.md §2, §5 and §6 (no pod has to run for them).

const plane = inject('plane');
const namespace = 'apply-rules';
const releases = createReleases(plane, namespace);
const { cluster, release, survey, live } = releases;
const applyAs = applyingAs(plane);
beforeAll(() => makeNamespace(plane, namespace));

const metadata = (name: string, more: object = {}) => ({ name, namespace, ...more });
const configMap = (name: string, data: object, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(name, more),
  data,
});
const labels = { app: 'x' };
const template = (image: string, own: object = labels) => ({
  metadata: { labels: own },
  spec: { containers: [{ name: 'main', image }] },
});
function workload(kind: string, name: string, spec: object): KubernetesObject {
  const more = kind === 'StatefulSet' ? { serviceName: name } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: metadata(name),
    spec: {
      selector: { matchLabels: { app: name } },
      template: template('a:1', { app: name }),
      ...more,
      ...spec,
    },
  };
}
const managers = async (object: KubernetesObject) => {
  const found = await live(object);
  return managedFieldsOf(found as NonNullable<typeof found>).map(
    ({ manager, operation, subresource }) =>
      `${manager} ${operation}${subresource === undefined ? '' : ` ${subresource}`}`,
  );
};
const replicas = async (object: KubernetesObject) =>
  ((await live(object))?.spec as { replicas?: number } | undefined)?.replicas;
const changed = ({ changes }: Survey) => changes.filter(({ action }) => action !== 'unchanged');
const create = async (path: string, body: object, manager: string) => {
  const answer = await releases.send({ method: 'POST', path: `${path}?fieldManager=${manager}`, body });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
};

describe('conflicts (A2)', () => {
  it('takes over what a hand changed, says so, and is at peace then', async () => {
    const object = configMap('edited', { a: '1', b: '1' });
    await release([object]);
    await applyAs('kubectl-edit', configMap('edited', { a: 'by hand', c: 'added' }));
    const planned = await release([object]);
    expect(planned.notes).toEqual([
      `ConfigMap ${namespace}/edited: /data/a was set by 'kubectl-edit' and is taken over`,
    ]);
    expect(changed(planned)).toMatchObject([
      {
        fields: [{ path: '/data/a', from: 'by hand', to: '1' }],
        apply: { takeovers: [{ field: '.data.a' }] },
      },
    ]);
    expect((await live(object))?.data).toEqual({ a: '1', b: '1', c: 'added' });
    expect(changed(await survey([object]))).toEqual([]);
  });

  it('fails instead where the environment wants it to, and for owners that nobody knows', async () => {
    const object = configMap('contested', { a: '1' });
    await release([object]);
    await applyAs('kubectl-edit', configMap('contested', { a: '2' }));
    await expect(survey([object], [], 'fail')).rejects.toMatchObject({
      name: 'FieldConflictError',
      facts: { fields: ['.data.a'], managers: ['kubectl-edit'] },
    });
    await applyAs('acme-operator', configMap('contested', { a: '3' }));
    await expect(survey([object])).rejects.toMatchObject({ name: 'FieldConflictError' });
  });

  it('leaves a controller its fields and takes the hand its own, in one apply', async () => {
    const object = workload('Deployment', 'mixed', { replicas: 2, paused: false });
    await release([object]);
    await applyAs('hpa/scale', workload('Deployment', 'mixed', { replicas: 5 }));
    await applyAs('kubectl-edit', workload('Deployment', 'mixed', { paused: true }));
    const planned = await release([object]);
    expect(changed(planned)).toMatchObject([
      {
        fields: [{ path: '/spec/paused' }],
        apply: {
          yields: [{ field: '.spec.replicas', manager: 'hpa' }],
          takeovers: [{ field: '.spec.paused' }],
        },
      },
    ]);
    expect((await live(object))?.spec).toMatchObject({ replicas: 5 });
    expect((await live(object))?.spec).not.toMatchObject({ paused: true });
  });

  it('forces nothing over a scaler that shows up between two requests (A3)', async () => {
    const object = workload('Deployment', 'raced', { replicas: 2, paused: false });
    await release([object]);
    await applyAs('kubectl-edit', workload('Deployment', 'raced', { paused: true }));
    const planned = await survey([object]);
    expect(planned.changes).toMatchObject([{ apply: { takeovers: [{ field: '.spec.paused' }] } }]);
    const { read } = cluster;
    let isScaled = false;
    // The version is read just before the forced write; a scaler is faster than that.
    (cluster as { read: typeof read }).read = async (address) => {
      const found = await read(address);
      if (!isScaled && address.name === 'raced') {
        isScaled = true;
        await applyAs('hpa/scale', workload('Deployment', 'raced', { replicas: 7 }));
      }
      return found;
    };
    await release([object]).finally(() => {
      (cluster as { read: typeof read }).read = read;
    });
    expect(isScaled).toBe(true);
    expect(await replicas(object)).toBe(7);
  });
});

describe('replicas (A4, A5)', () => {
  it.each(['Deployment', 'StatefulSet', 'ReplicaSet'])(
    'of a %s go over to a scaler without a dip, and stay its own',
    async (kind) => {
      const name = `scaled-${kind.toLowerCase()}`;
      const declared = workload(kind, name, { replicas: 3 });
      const { replicas: _, ...rest } = declared.spec as { replicas: number };
      const undeclared = { ...declared, spec: { ...rest, template: template('a:2', { app: name }) } };
      const hpa: KubernetesObject = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: metadata(name),
        spec: { minReplicas: 2, maxReplicas: 9, scaleTargetRef: { apiVersion: 'apps/v1', kind, name } },
      };
      await release([declared]);
      const seen: (number | undefined)[] = [];
      const { apply } = cluster;
      (cluster as { apply: typeof apply }).apply = async (...request) => {
        const result = await apply(...request);
        if (request[1] === 'write' && request[0].kind === kind) seen.push(await replicas(declared));
        return result;
      };
      const planned = await release([undeclared, hpa]).finally(() => {
        (cluster as { apply: typeof apply }).apply = apply;
      });
      expect(seen.every((count) => count === 3)).toBe(true);
      expect(planned.notes.join()).toContain(
        `/spec/replicas stays as it is (3), HorizontalPodAutoscaler.autoscaling`,
      );
      expect(await managers(declared)).toContain('tidegate-handover Apply');
      expect(changed(planned).flatMap(({ fields }) => fields.map(({ path }) => path))).not.toContain(
        '/spec/replicas',
      );
      await applyAs('hpa/scale', { ...declared, spec: { replicas: 6 } });
      expect(await managers(declared)).not.toContain('tidegate-handover Apply');
      // The same again, with the manifest declaring them: still the scaler's, and no drift.
      const again = { ...undeclared, spec: { ...undeclared.spec, replicas: 3 } };
      expect(changed(await survey([again, hpa]))).toEqual([]);
      await release([{ ...again, spec: { ...again.spec, template: template('a:3', { app: name }) } }, hpa]);
      expect(await replicas(declared)).toBe(6);
    },
  );

  it('stay when the manifest stops declaring them and nobody scales, and follow it when it does again', async () => {
    const declared = workload('Deployment', 'undeclared', { replicas: 3 });
    const undeclared = workload('Deployment', 'undeclared', { minReadySeconds: 1 });
    await release([declared]);
    await release([undeclared]);
    expect(await replicas(declared)).toBe(3);
    expect(changed(await survey([undeclared]))).toEqual([]);
    await release([workload('Deployment', 'undeclared', { replicas: 4 })]);
    expect(await replicas(declared)).toBe(4);
    expect(await managers(declared)).not.toContain('tidegate-handover Apply');
  });

  it("begin at the scaler's minimum", async () => {
    const hpa: KubernetesObject = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadata('fresh'),
      spec: {
        minReplicas: 4,
        maxReplicas: 9,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fresh' },
      },
    };
    const object = workload('Deployment', 'fresh', { replicas: 2 });
    await release([object, hpa]);
    expect(await replicas(object)).toBe(4);
    expect(changed(await survey([object, hpa]))).toEqual([]);
    await release([{ ...object, spec: { ...(object.spec as object), minReadySeconds: 2 } }, hpa]);
    expect(await replicas(object)).toBe(4);
  });
});

describe('ownership of client-side apply (A6)', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
  const made = (name: string) =>
    configMap(name, { a: '1', b: '2' }, { labels: { l: '1' }, annotations: { [lastApplied]: '{}' } });
  const path = `/api/v1/namespaces/${namespace}/configmaps`;

  it('becomes ours once, and what the release does not declare goes', async () => {
    await create(path, made('csa'), 'kubectl-client-side-apply');
    const object = configMap('csa', { a: '1' });
    const planned = await release([object]);
    expect(changed(planned)[0]?.fields.map(({ path: field }) => field)).toEqual([
      '/data/b',
      '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
      '/metadata/annotations/tidegate.dev~1application',
      '/metadata/annotations/tidegate.dev~1environment',
      '/metadata/labels/app.kubernetes.io~1managed-by',
      '/metadata/labels/applyset.kubernetes.io~1part-of',
      '/metadata/labels/l',
    ]);
    const found = await live(object);
    expect(found?.data).toEqual({ a: '1' });
    expect(found?.metadata.annotations).not.toHaveProperty([lastApplied]);
    expect(await managers(object)).toEqual(['tidegate Apply']);
    expect(changed(await survey([object]))).toEqual([]);
  });

  it('keeps the replicas and what controllers own of a workload', async () => {
    const object = workload('Deployment', 'csa-web', { replicas: 3, minReadySeconds: 5 });
    await create(`/apis/apps/v1/namespaces/${namespace}/deployments`, object, 'kubectl-client-side-apply');
    await until(async () => (await managers(object)).some((manager) => manager.endsWith('status')));
    const undeclared = workload('Deployment', 'csa-web', {});
    const planned = await release([undeclared]);
    expect(changed(planned)[0]?.fields.map(({ path: field }) => field)).toContain('/spec/minReadySeconds');
    const found = await live(object);
    expect(found?.spec).toMatchObject({ replicas: 3 });
    expect(found?.spec).not.toHaveProperty('minReadySeconds');
    expect((await managers(object)).some((manager) => manager.endsWith('status'))).toBe(true);
    expect(changed(await survey([undeclared]))).toEqual([]);
  });

  it('is given back, with all that was there, when the release that took it is rolled back', async () => {
    await create(path, made('csa-back'), 'kubectl-client-side-apply');
    const original = await live(made('csa-back'));
    const planned = await release([configMap('csa-back', { a: 'ours' })]);
    const content = { application: 'shop', release: 0, environment: 'production', objects: [] } as never;
    const failed = { plan: { changes: planned.changes, release: 1 } as never, content, redact: String };
    const request = { cluster, documents: releases.documents, failed, content, owner: releases.owner };
    const { changes, notes } = await surveyRestores(request);
    expect(notes).toEqual([]);
    for (const change of changes) await restoreObject(cluster, releases.documents, change, releases.owner);
    const found = await live(made('csa-back'));
    expect(found?.data).toEqual(original?.data);
    expect(found?.metadata.labels).toEqual(original?.metadata.labels);
    expect(found?.metadata.annotations).toEqual(original?.metadata.annotations);
    expect(await managers(made('csa-back'))).toEqual(['kubectl-client-side-apply Update']);
    expect(found && appliedFields(found)).toBeUndefined();
  });
});
