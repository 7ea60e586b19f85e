import { describe, expect, it } from 'vitest';
import { readBundle } from '#domain/bundle.ts';
import { type Pipeline, pipelineSchema } from '#domain/pipeline.ts';
import { releaseYaml, sourceOf } from './bundles.ts';
import { zipOf } from './zips.ts';

const pipelineWith = (policy: object): Pipeline =>
  pipelineSchema.parse({
    apiVersion: 'tidegate.dev/v1',
    kind: 'Pipeline',
    application: 'web',
    environments: [{ name: 'live', cluster: { name: 'live' }, namespace: 'web', ...policy }],
  });

async function read(manifest: string, policy: object = {}) {
  const bytes = await zipOf({ 'tidegate.yaml': releaseYaml, 'manifests/x.yaml': manifest });
  const bundle = await readBundle(sourceOf(bytes), pipelineWith(policy));
  return { objects: bundle.objectsOf('live'), notes: bundle.notes };
}

const named = (apiVersion: string, kind: string, more = '') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x${more}}\n`;
const crd = (scope: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec: {group: example.com, scope: ${scope}, names: {kind: Widget, plural: widgets}, versions: []}\n`;

describe('an environment', () => {
  it('takes objects into the namespaces that its policy lists', async () => {
    const { objects } = await read(named('v1', 'ConfigMap', ', namespace: kube-system'), {
      additionalNamespaces: ['kube-system'],
    });
    expect(objects[0]?.metadata.namespace).toBe('kube-system');
  });

  it('refuses other namespaces and says who may list them', async () => {
    await expect(read(named('v1', 'ConfigMap', ', namespace: kube-system'))).rejects.toThrow(
      'let an operator add "kube-system" to its additionalNamespaces',
    );
  });

  it.each([
    ['CustomResourceDefinition', crd('Namespaced')],
    ['ClusterRole', named('rbac.authorization.k8s.io/v1', 'ClusterRole')],
    ['StorageClass', named('storage.k8s.io/v1', 'StorageClass')],
    ['PriorityClass', named('scheduling.k8s.io/v1', 'PriorityClass')],
    [
      'ValidatingWebhookConfiguration',
      named('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'),
    ],
  ])('takes a cluster-scoped kind by permission only: %s', async (kind, manifest) => {
    await expect(read(manifest)).rejects.toThrow(`let an operator add ${kind} to its clusterScopedKinds`);
    expect((await read(manifest, { clusterScopedKinds: [kind] })).objects).toHaveLength(1);
  });

  it('gives a custom resource the scope that its definition says', async () => {
    const cluster = `${crd('Cluster')}---\n${named('example.com/v1', 'Widget')}`;
    await expect(read(cluster, { clusterScopedKinds: ['CustomResourceDefinition'] })).rejects.toThrow(
      'Widget.example.com x is cluster-scoped',
    );
    const permitted = { clusterScopedKinds: ['CustomResourceDefinition', 'Widget.example.com'] };
    const widget = async (manifest: string) =>
      (await read(manifest, permitted)).objects.find(({ kind }) => kind === 'Widget')?.metadata;
    expect(await widget(cluster)).toEqual({ name: 'x' });
    const namespaced = `${crd('Namespaced')}---\n${named('example.com/v1', 'Widget')}`;
    expect(await widget(namespaced)).toEqual({ name: 'x', namespace: 'web' });
  });

  it('takes a custom resource without a definition for a namespaced one, unless its policy says otherwise', async () => {
    const manifest = named('cert-manager.io/v1', 'ClusterIssuer');
    const metadata = async (policy: object) => (await read(manifest, policy)).objects[0]?.metadata;
    expect(await metadata({})).toEqual({ name: 'x', namespace: 'web' });
    expect(await metadata({ clusterScopedKinds: ['ClusterIssuer.cert-manager.io'] })).toEqual({ name: 'x' });
  });

  it('leaves out the namespace of what has none, and says so', async () => {
    const manifest = named('rbac.authorization.k8s.io/v1', 'ClusterRole', ', namespace: web');
    const { objects, notes } = await read(manifest, { clusterScopedKinds: ['ClusterRole'] });
    expect(objects[0]?.metadata).toEqual({ name: 'x' });
    expect(notes).toEqual([
      'manifests/x.yaml:3:32: ClusterRole.rbac.authorization.k8s.io x is cluster-scoped; its namespace is left out',
    ]);
  });
});

describe('objects of a manifest', () => {
  const job = (more = '') =>
    `apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\nspec: {template: {spec: {containers: [{name: a, image: "a${more}"}]}}}\n`;
  const nameOf = async (manifest: string) =>
    (await read(manifest)).objects.find(({ kind }) => kind === 'Job')?.metadata.name;

  it('have a name of their content where they are to have one made (A14)', async () => {
    const name = await nameOf(job());
    expect(name).toMatch(/^migrate-[0-9a-f]{10}$/);
    expect(await nameOf(job())).toBe(name);
    expect(await nameOf(job('b'))).not.toBe(name);
    expect(await nameOf(`${job()}---\n${named('v1', 'ConfigMap')}`)).not.toBe(name);
    expect((await read(job())).objects[0]?.metadata).not.toHaveProperty('generateName');
  });

  it('come out of lists of one kind, whose items need not say what they are', async () => {
    const list =
      'apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: b}}]}\n';
    const { objects } = await read(list);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ConfigMap a',
      'Secret b',
    ]);
  });

  it('are left out where they are hooks for other occasions', async () => {
    const hook = named('batch/v1', 'Job', ', annotations: {helm.sh/hook: pre-delete}');
    const { objects, notes } = await read(`${named('v1', 'ConfigMap')}---\n${hook}`);
    expect(objects.map(({ kind }) => kind)).toEqual(['ConfigMap']);
    expect(notes).toEqual([
      'manifests/x.yaml:5:1: Job.batch x is a hook that has no turn in a release; left out',
    ]);
  });

  it.each([
    ['tidegate.dev/wave: "first"', '`tidegate.dev/wave` must be a whole number, is "first"'],
    ['tidegate.dev/depends-on: db', '`tidegate.dev/depends-on` must name objects as `Kind/name`'],
  ])('are refused for %s', async (annotation, message) => {
    const manifest = named('v1', 'ConfigMap', `, annotations: {${annotation}}`);
    await expect(read(manifest)).rejects.toThrow(message);
  });
});
