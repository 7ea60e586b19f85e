import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAdvice, type PlanAdvice, willNotStart } from '#domain/advice.ts';
import { changeAdvice, warningAdvice } from '#domain/advice-changes.ts';
import { adviceCounts, adviceSections, adviceText } from '#domain/advice-text.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { object, workload } from './release-objects.ts';

const digest = `@sha256:${'0'.repeat(64)}`;
const web = workload('web', { image: `shop/web${digest}` });
const settings: KubernetesObject = { ...object('v1', 'ConfigMap', 'settings'), data: { a: '2' } };
const changeOf = (intent: KubernetesObject, more: Partial<ObjectChange> = {}): ObjectChange => ({
  identity: identityOf(intent),
  action: 'configured',
  fields: [],
  ...more,
});
const newSettings = changeOf(settings, { fields: [{ path: '/data/a', from: '1', to: '2' }] });
const pod = (container: object, volumes: readonly object[] = []) =>
  object('v1', 'Pod', 'tool', {
    containers: [{ name: 'main', image: `shop/tool${digest}`, ...container }],
    volumes,
  });
const volume = [{ name: 'v', configMap: { name: 'settings' } }];
const mount = (more: object = {}) => ({ volumeMounts: [{ name: 'v', mountPath: '/etc/shop', ...more }] });
const envFrom = { envFrom: [{ configMapRef: { name: 'settings' } }] };

function texts(intents: readonly KubernetesObject[], changes: readonly ObjectChange[], version = '1.36') {
  return changeAdvice({ intents, changes, kept: [], version }).map(adviceText);
}

const tool = 'Pod shop/tool: ConfigMap shop/settings changes;';
const cases: readonly (readonly [
  title: string,
  intents: readonly KubernetesObject[],
  changes: readonly ObjectChange[],
  expected: readonly string[],
])[] = [
  ['nothing of what stays', [web], [changeOf(web, { action: 'unchanged' })], []],
  [
    'restarts with their reasons (C4)',
    [web],
    [changeOf(web, { restarts: ['configuration (ConfigMap settings)', 'image'] })],
    ['Deployment.apps shop/web: configuration (ConfigMap settings), image'],
  ],
  [
    'restarts that wait for a hand',
    [object('apps/v1', 'StatefulSet', 'db', { updateStrategy: { type: 'OnDelete' } })],
    [changeOf(object('apps/v1', 'StatefulSet', 'db'), { restarts: ['image'] })],
    ['StatefulSet.apps shop/db: image; not before its pods are deleted by hand, or it is resumed'],
  ],
  [
    'mounted files, which follow (C4)',
    [pod(mount(), volume), settings],
    [newSettings, changeOf(pod({}), { action: 'unchanged' })],
    [`${tool} its mounted files follow within about 90 s, without a restart`],
  ],
  [
    'a subPath mount, which never follows (C4)',
    [pod(mount({ subPath: 'a' }), volume), settings],
    [newSettings, changeOf(pod({}), { action: 'unchanged' })],
    [
      `${tool} its pods read it from environment variables or subPath mounts, and see it only after a restart`,
    ],
  ],
  [
    'environment variables, which never follow (C4)',
    [pod(envFrom), settings],
    [newSettings, changeOf(pod({}), { action: 'unchanged' })],
    [
      `${tool} its pods read it from environment variables or subPath mounts, and see it only after a restart`,
    ],
  ],
  [
    'both in one',
    [pod({ ...mount(), ...envFrom }, volume), settings],
    [newSettings, changeOf(pod({}), { action: 'unchanged' })],
    [
      `${tool} its mounted files follow within about 90 s, environment variables and subPath mounts only with a restart`,
    ],
  ],
  [
    'replacements (I2), and no restart beside them',
    [web],
    [
      changeOf(web, {
        restarts: ['image'],
        apply: { replacement: { how: 'orphan-recreate', because: ['spec: is immutable'] } },
      }),
    ],
    ['Deployment.apps shop/web: is deleted and created anew; its pods stay: spec: is immutable'],
  ],
  ['how many objects are deleted', [], [changeOf(settings, { action: 'pruned' })], ['1 deleted']],
  [
    'an API that a coming release no longer serves (D6, K10)',
    [object('networking.k8s.io/v1beta1', 'ServiceCIDR', 'more')],
    [],
    [
      "ServiceCIDR.networking.k8s.io shop/more: 'networking.k8s.io/v1beta1' is not served from Kubernetes 1.37 on (this cluster is 1.36); use 'networking.k8s.io/v1'",
    ],
  ],
  [
    'nothing of an API whose end is far',
    [object('certificates.k8s.io/v1beta1', 'ClusterTrustBundle', 'more')],
    [],
    [],
  ],
  [
    'Deployments without a history (R4)',
    [object('apps/v1', 'Deployment', 'web', { revisionHistoryLimit: 0 })],
    [],
    [
      'Deployment.apps shop/web: revisionHistoryLimit is 0: a rollback has no earlier pods to go back to; keep 2 or more',
    ],
  ],
  [
    'images that may move',
    [workload('web', { image: 'shop/web:1' })],
    [],
    ['Deployment.apps shop/web: shop/web:1 names no digest: what is pulled may be another one than today'],
  ],
];

describe('what changes entail', () => {
  it.each(cases)('tells of %s', (_title, intents, changes, expected) => {
    expect(texts(intents, changes)).toEqual(expected);
  });

  it('names what stays though no release names it', () => {
    const kept = [identityOf(object('v1', 'PersistentVolumeClaim', 'files'))];
    expect(changeAdvice({ intents: [], changes: [], kept }).map(adviceText)).toEqual([
      '0 deleted; PersistentVolumeClaim shop/files stays though no release names it any more',
    ]);
  });
});

describe('what the cluster warns of (CL5)', () => {
  it.each([
    [
      'would violate PodSecurity "restricted:latest": runAsNonRoot != true',
      { kind: 'pod-security', level: 'restricted:latest', violations: 'runAsNonRoot != true' },
    ],
    [
      'policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget',
      { kind: 'api-removed', apiVersion: 'policy/v1beta1', removedIn: '1.25', instead: 'policy/v1' },
    ],
    [
      'storage.k8s.io/v1beta1 CSINode is deprecated in v1.17+, unavailable in v1.22+',
      { kind: 'api-removed', apiVersion: 'storage.k8s.io/v1beta1', removedIn: '1.22' },
    ],
    ['spec.x: duplicate name "a"', { kind: 'warning', text: 'spec.x: duplicate name "a"' }],
  ])('%s', (text, expected) => {
    expect(warningAdvice(identityOf(web), [text])).toEqual([{ identity: identityOf(web), ...expected }]);
  });
});

const identity = identityOf(web);
const missing: PlanAdvice = {
  kind: 'missing-reference',
  identity,
  missing: identityOf(object('v1', 'Secret', 'db')),
  needs: 'pods',
};
const all: readonly PlanAdvice[] = [
  missing,
  { ...missing, needs: 'images' },
  { kind: 'warning', identity, text: 'b' },
  { kind: 'warning', identity, text: 'a' },
  { kind: 'restarts', identity: identityOf(settings), reasons: ['image'], when: 'at-once' },
  { kind: 'restarts', identity, reasons: ['image'], when: 'at-once' },
  { kind: 'prunes', objects: 1, kept: [] },
  {
    kind: 'not-checked',
    check: 'quota',
    objects: { group: '', kind: 'ResourceQuota', namespace: 'shop', names: [] },
    reason: 'not-permitted',
  },
];

describe('canonical advice', () => {
  it('is byte for byte the same however it was found, each once', () => {
    const expected = JSON.stringify(canonicalAdvice(all));
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length }), (found) => {
        expect(JSON.stringify(canonicalAdvice(found))).toBe(expected);
      }),
    );
  });

  it('begins with what will not start', () => {
    const sorted = canonicalAdvice(all);
    expect(sorted.map(willNotStart)).toEqual([true, ...Array.from({ length: all.length - 1 }, () => false)]);
    expect(adviceSections(sorted).map(({ title }) => title)).toEqual([
      'Will not start',
      'Look at',
      'Pods that restart',
      'Deleted',
      'Warnings of the cluster',
      'Not checked',
    ]);
    expect(adviceCounts(sorted)).toBe(
      'Look at: 1, Pods that restart: 2, Deleted: 1, Warnings of the cluster: 2, Not checked: 1',
    );
  });
});
