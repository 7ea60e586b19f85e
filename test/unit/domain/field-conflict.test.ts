import { describe, expect, it } from 'vitest';
import { conflictNotes, type FieldConflict, resolveConflicts } from '#domain/field-conflict.ts';
import { readablePath, withoutPath } from '#domain/field-path.ts';
import { isMigrated, managerClass } from '#domain/manager-classes.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

const webhook: KubernetesObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'x', annotations: { 'example.com/a.b': '1', other: '2' } },
  webhooks: [
    { name: 'a.example.com', clientConfig: { caBundle: 'QQ==', service: { name: 's' } } },
    { name: 'b.example.com', clientConfig: { caBundle: 'Qg==' } },
  ],
  spec: { replicas: 3 },
};

describe('managers (A2)', () => {
  it.each([
    [
      'predecessor',
      ['kubectl-client-side-apply', 'kubectl-edit', 'kubectl', 'kubectl-replace', 'kubectl-create'],
    ],
    ['predecessor', ['kubectl-patch', 'kubectl-label', 'kubectl-annotate', 'kubectl-set', 'helm', 'Helm']],
    [
      'predecessor',
      ['Go-http-client', 'argocd-controller', 'argocd-application-controller', 'before-first-apply'],
    ],
    [
      'predecessor',
      ['kustomize-controller', 'helm-controller', 'HashiCorp', 'Terraform', 'pulumi-kubernetes'],
    ],
    ['controller', ['kube-controller-manager', 'horizontal-pod-autoscaler', 'hpa', 'keda', 'keda-operator']],
    ['controller', ['vpa-updater', 'vpa-admission-controller', 'cainjector', 'cert-manager-cainjector']],
    ['controller', ['aws-load-balancer-controller', 'controller', 'istiod', 'pilot-discovery', 'karpenter']],
    ['own', ['tidegate-handover']],
    ['unknown', ['acme-operator', 'manager', 'kubectlish', 'my-helm', 'tidegate-handover2', '']],
  ] as const)('are %s: %s', (expected, names) => {
    for (const name of names) expect([name, managerClass(name)]).toEqual([name, expected]);
  });

  it.each(['scale', 'status'])('are controllers by the subresource %s, whoever they are', (subresource) => {
    for (const name of ['kubectl', 'acme-operator', 'helm'])
      expect(managerClass(name, subresource)).toBe('controller');
  });

  it('are migrated only where they stood for whole manifests (A6)', () => {
    const names = ['kubectl-client-side-apply', 'kubectl', 'kubectl-create', 'helm', 'before-first-apply'];
    expect(names.filter((name) => !isMigrated(name))).toEqual([]);
    for (const name of ['kubectl-edit', 'kubectl-patch', 'kube-controller-manager', 'argocd-controller'])
      expect(isMigrated(name)).toBe(false);
  });
});

describe('withoutPath', () => {
  it.each<[string, object | undefined]>([
    ['.spec.replicas', { spec: undefined }],
    [
      '.webhooks[name="a.example.com"].clientConfig.caBundle',
      { webhooks: [{ name: 'a.example.com', clientConfig: { service: { name: 's' } } }, webhook.webhooks] },
    ],
    ['.metadata.annotations.example.com/a.b', { metadata: { name: 'x', annotations: { other: '2' } } }],
    ['.metadata.annotations.example.com', undefined],
    ['.spec.other', undefined],
    ['.webhooks[name="c.example.com"].clientConfig.caBundle', undefined],
  ])('%s', (path, expected) => {
    const left = withoutPath(webhook, path);
    if (expected === undefined) expect(left).toBeUndefined();
    else if (path === '.spec.replicas') expect(left).not.toHaveProperty('spec');
    else if (path.startsWith('.webhooks')) {
      expect(left).toMatchObject({
        webhooks: [{ clientConfig: { service: { name: 's' } } }, { clientConfig: { caBundle: 'Qg==' } }],
      });
      expect(JSON.stringify(left)).not.toContain('QQ==');
    } else expect(left).toMatchObject(expected);
  });

  it.each<[string, object]>([
    [
      '.ports[port=80,protocol="TCP"].targetPort',
      {
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 80, protocol: 'UDP', targetPort: 1 },
        ],
      },
    ],
    ['.finalizers[="b"]', { finalizers: ['a', 'c'] }],
    ['.items[1]', { items: [1, 3] }],
    ['.labels[name="a]b"].x', { labels: [{ name: 'a]b', y: 1 }] }],
  ])('of lists: %s', (path, expected) => {
    const [field = ''] = Object.keys(expected);
    const objects: Record<string, unknown> = {
      ports: [
        { port: 80, protocol: 'TCP', targetPort: 8 },
        { port: 80, protocol: 'UDP', targetPort: 1 },
      ],
      finalizers: ['a', 'b', 'c'],
      items: [1, 2, 3],
      labels: [{ name: 'a]b', x: 1, y: 1 }],
    };
    expect(withoutPath({ [field]: objects[field], kept: 1 }, path)).toEqual({ ...expected, kept: 1 });
  });

  it('is read by people as a path where that is plain', () => {
    expect(readablePath('.spec.replicas')).toBe('/spec/replicas');
    expect(readablePath('.spec.ports[port=80].name')).toBe('.spec.ports[port=80].name');
    expect(readablePath('.metadata.annotations.a.b/c')).toBe('.metadata.annotations.a.b/c');
  });
});

describe('resolveConflicts', () => {
  const bundle = '.webhooks[name="a.example.com"].clientConfig.caBundle';
  const conflict = (field: string, manager: string, subresource?: string): FieldConflict => ({
    field,
    manager,
    ...(subresource === undefined ? {} : { subresource }),
  });

  it('leaves controllers their fields, takes predecessors theirs, and says so', () => {
    const conflicts = [conflict(bundle, 'cainjector'), conflict('.spec.replicas', 'kubectl-edit')];
    const { object, yields, takeovers } = resolveConflicts(webhook, conflicts, 'takeover');
    expect(JSON.stringify(object)).not.toContain('QQ==');
    expect(object.spec).toEqual({ replicas: 3 });
    expect([yields, takeovers]).toEqual([[conflicts[0]], [conflicts[1]]]);
    expect(conflictNotes('X x', { yields, takeovers })).toEqual([
      `X x: ${bundle} is left to 'cainjector', which manages it`,
      "X x: /spec/replicas was set by 'kubectl-edit' and is taken over",
    ]);
  });

  it('gives up our own hold on replicas without a word', () => {
    const found = resolveConflicts(webhook, [conflict('.spec.replicas', 'tidegate-handover')], 'fail');
    expect(found.takeovers).toHaveLength(1);
    expect(conflictNotes('X x', found)).toEqual([]);
  });

  it.each<[string, FieldConflict[], 'takeover' | 'fail', RegExp]>([
    [
      'of managers that nobody knows, all of them named',
      [conflict('.spec.replicas', 'acme', 'resize'), conflict(bundle, 'other'), conflict('.x', 'kubectl')],
      'takeover',
      /^ValidatingWebhookConfiguration\.admissionregistration\.k8s\.io x: \.spec\.replicas is owned by 'acme' \(subresource resize\); \.webhooks\[.*\]\.clientConfig\.caBundle is owned by 'other'; remove the field/,
    ],
    [
      'of predecessors where the environment wants it so, with the way out',
      [conflict('.spec.replicas', 'kubectl-edit')],
      'fail',
      /owned by 'kubectl-edit'; .*let the environment's policy say `conflicts: takeover`$/,
    ],
    [
      "of a controller's field that the object does not hold",
      [conflict('.spec.no', 'hpa', 'scale')],
      'takeover',
      /\.spec\.no/,
    ],
  ])('refuses conflicts %s', (_, conflicts, policy, message) => {
    expect(() => resolveConflicts(webhook, conflicts, policy)).toThrow(
      expect.objectContaining({ name: 'FieldConflictError', message: expect.stringMatching(message) }),
    );
  });
});
