import { describe, expect, it } from 'vitest';
import { missingReferences, outsideReferences, type Standing } from '#domain/advice-references.ts';
import { adviceText } from '#domain/advice-text.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { annotated, object, workload } from './release-objects.ts';

const env = (from: object) => ({ env: [{ name: 'A', valueFrom: from }] });
const secretKey = (name: string, key: string, more: object = {}) =>
  env({ secretKeyRef: { name, key, ...more } });
const data = (kind: string, name: string, keys: Record<string, string>): KubernetesObject => ({
  ...object('v1', kind, name),
  data: keys,
});

interface Case {
  readonly objects: readonly KubernetesObject[];
  readonly standing?: Readonly<Record<string, Standing>>;
  readonly pruned?: readonly KubernetesObject[];
}

function texts({ objects, standing = {}, pruned = [] }: Case): readonly string[] {
  const found = new Map(
    outsideReferences(objects).map((identity) => [
      identityText(identity),
      standing[identityText(identity)] ?? 'absent',
    ]),
  );
  const changes = pruned.map(
    (each): ObjectChange => ({ identity: identityOf(each), action: 'pruned', fields: [] }),
  );
  return missingReferences({ intents: objects, changes, live: () => undefined, standing: found }).map(
    adviceText,
  );
}

const web = 'Deployment.apps shop/web: names';
const absent = 'which is neither in the release nor in the cluster';
const cases: readonly (readonly [title: string, given: Case, expected: readonly string[]])[] = [
  [
    'a Secret that is nowhere',
    { objects: [workload('web', secretKey('db', 'url'))] },
    [`${web} Secret shop/db, ${absent}; its pods will not start`],
  ],
  [
    'nothing where the release has it with that key',
    { objects: [workload('web', secretKey('db', 'url')), data('Secret', 'db', { url: 'eA==' })] },
    [],
  ],
  [
    'nothing where the cluster has it',
    {
      objects: [workload('web', secretKey('db', 'url'))],
      standing: { 'Secret shop/db': ['url'] },
    },
    [],
  ],
  [
    'a key that the cluster lacks, with the one that differs by case (G3)',
    {
      objects: [workload('web', secretKey('db', 'URL'))],
      standing: { 'Secret shop/db': ['password', 'url'] },
    },
    [`${web} key 'URL' of Secret shop/db, which it does not have; there is 'url'; its pods will not start`],
  ],
  [
    'a key that the release lacks, with the one that was meant',
    {
      objects: [
        workload('web', env({ configMapKeyRef: { name: 'settings', key: 'log_levl' } })),
        data('ConfigMap', 'settings', { log_level: 'info' }),
      ],
    },
    [
      `${web} key 'log_levl' of ConfigMap shop/settings, which it does not have; did you mean 'log_level'?; its pods will not start`,
    ],
  ],
  [
    'the keys of a projected volume',
    {
      objects: [
        workload(
          'web',
          {},
          {
            volumes: [
              {
                name: 'v',
                projected: { sources: [{ configMap: { name: 'a', items: [{ key: 'x' }, { key: 'y' }] } }] },
              },
            ],
          },
        ),
      ],
      standing: { 'ConfigMap shop/a': ['z'] },
    },
    [`${web} keys 'x', 'y' of ConfigMap shop/a, which it does not have; its pods will not start`],
  ],
  [
    'nothing that is optional, whole or by key',
    {
      objects: [
        workload('web', {
          ...secretKey('db', 'url', { optional: true }),
          envFrom: [{ configMapRef: { name: 'a', optional: true } }],
        }),
      ],
    },
    [],
  ],
  [
    'what this release deletes (G3)',
    {
      objects: [workload('web', { envFrom: [{ configMapRef: { name: 'old' } }] })],
      standing: { 'ConfigMap shop/old': [] },
      pruned: [object('v1', 'ConfigMap', 'old')],
    },
    [`${web} ConfigMap shop/old; this release deletes it; its pods will not start`],
  ],
  [
    'one that exists in lower case (G3)',
    {
      objects: [workload('web', { envFrom: [{ secretRef: { name: 'DB' } }] })],
      standing: { 'Secret shop/db': ['url'] },
    },
    [`${web} Secret shop/DB, ${absent}; there is 'db'; its pods will not start`],
  ],
  [
    'one that the release has in another namespace (G3)',
    {
      objects: [
        workload('web', { envFrom: [{ configMapRef: { name: 'settings' } }] }),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'other' } },
      ],
    },
    [
      `${web} ConfigMap shop/settings, ${absent}; the release has one of that name in namespace 'other'; its pods will not start`,
    ],
  ],
  [
    'a pull secret, which pods start without where nobody asks for it',
    { objects: [workload('web', {}, { imagePullSecrets: [{ name: 'registry' }] })] },
    [`${web} Secret shop/registry, ${absent}; its images may not be pulled`],
  ],
  [
    'account, claim and classes',
    {
      objects: [
        workload(
          'web',
          {},
          {
            serviceAccountName: 'runner',
            priorityClassName: 'high',
            runtimeClassName: 'gvisor',
            volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'files' } }],
          },
        ),
      ],
    },
    [
      `${web} ServiceAccount shop/runner, ${absent}; its pods will not start`,
      `${web} PriorityClass.scheduling.k8s.io high, ${absent}; its pods will not start`,
      `${web} RuntimeClass.node.k8s.io gvisor, ${absent}; its pods will not start`,
      `${web} PersistentVolumeClaim shop/files, ${absent}; its pods will not start`,
    ],
  ],
  [
    'the storage class of a claim, of a template and of a volume for one pod',
    {
      objects: [
        object('v1', 'PersistentVolumeClaim', 'files', { storageClassName: 'fast' }),
        object('apps/v1', 'StatefulSet', 'db', {
          volumeClaimTemplates: [{ spec: { storageClassName: 'faster' } }],
        }),
        workload(
          'web',
          {},
          {
            volumes: [
              { name: 'v', ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'fastest' } } } },
            ],
          },
        ),
      ],
    },
    [
      `PersistentVolumeClaim shop/files: names StorageClass.storage.k8s.io fast, ${absent}; it will have no effect`,
      `StatefulSet.apps shop/db: names StorageClass.storage.k8s.io faster, ${absent}; it will have no effect`,
      `${web} StorageClass.storage.k8s.io fastest, ${absent}; its pods will not start`,
    ],
  ],
  [
    'no class of a claim for a certain volume, of none, or of a volume made by hand',
    {
      objects: [
        object('v1', 'PersistentVolumeClaim', 'bound', { storageClassName: 'fast', volumeName: 'pv-1' }),
        object('v1', 'PersistentVolumeClaim', 'plain', { storageClassName: '' }),
        object('v1', 'PersistentVolumeClaim', 'hand', { storageClassName: 'by-hand' }),
        {
          apiVersion: 'v1',
          kind: 'PersistentVolume',
          metadata: { name: 'pv' },
          spec: { storageClassName: 'by-hand' },
        },
      ],
    },
    [],
  ],
  [
    'class, backend and certificate of an Ingress',
    {
      objects: [
        object('networking.k8s.io/v1', 'Ingress', 'web', {
          ingressClassName: 'alb',
          defaultBackend: { service: { name: 'web' } },
          tls: [{ secretName: 'tls' }],
        }),
      ],
    },
    [
      `Ingress.networking.k8s.io shop/web: names Service shop/web, ${absent}; it will have no effect`,
      `Ingress.networking.k8s.io shop/web: names Secret shop/tls, ${absent}; it will have no effect`,
      `Ingress.networking.k8s.io shop/web: names IngressClass.networking.k8s.io alb, ${absent}; it will have no effect`,
    ],
  ],
  [
    'what a scaler is to scale',
    {
      objects: [
        object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wbe' },
        }),
        workload('web'),
      ],
    },
    [
      `HorizontalPodAutoscaler.autoscaling shop/web: names Deployment.apps shop/wbe, ${absent}; did you mean 'web'?; it will have no effect`,
    ],
  ],
  [
    'nothing that another object of the release makes (E4)',
    {
      objects: [
        workload('web', { envFrom: [{ secretRef: { name: 'db' } }, { secretRef: { name: 'tls' } }] }),
        object('external-secrets.io/v1', 'ExternalSecret', 'db'),
        object('cert-manager.io/v1', 'Certificate', 'web', { secretName: 'tls' }),
        annotated(object('networking.k8s.io/v1', 'Ingress', 'web', { tls: [{ secretName: 'made' }] }), {
          'cert-manager.io/cluster-issuer': 'letsencrypt',
        }),
      ],
    },
    [],
  ],
  [
    'nothing that every namespace or cluster has',
    {
      objects: [
        workload(
          'web',
          { envFrom: [{ configMapRef: { name: 'kube-root-ca.crt' } }] },
          { serviceAccountName: 'default', priorityClassName: 'system-cluster-critical' },
        ),
      ],
    },
    [],
  ],
  [
    'nothing that could not be looked for',
    {
      objects: [workload('web', {}, { priorityClassName: 'high' })],
      standing: { 'PriorityClass.scheduling.k8s.io high': 'not-checked' },
    },
    [],
  ],
];

describe('missing references (D6, G3)', () => {
  it.each(cases)('tell of %s', (_title, given, expected) => expect(texts(given)).toEqual(expected));

  it('count keys that others put on an object of the release, and not those that the release takes away', () => {
    const settings = data('ConfigMap', 'settings', { a: '1' });
    const objects = [
      workload('web', {
        env: ['theirs', 'gone'].map((key) => env({ configMapKeyRef: { name: 'settings', key } }).env[0]),
      }),
      settings,
    ];
    const changes: readonly ObjectChange[] = [
      { identity: identityOf(settings), action: 'configured', fields: [{ path: '/data/gone', from: '1' }] },
    ];
    const live = () => ({ ...settings, data: { a: '1', theirs: '1', gone: '1' } });
    const found = missingReferences({ intents: objects, changes, live, standing: new Map() });
    expect(found.map(({ keys }) => keys)).toEqual([['gone']]);
  });

  it('are asked about once, however many name them', () => {
    const objects = ['a', 'b', 'c'].map((name) => workload(name, secretKey('db', 'url')));
    expect(outsideReferences(objects).map(identityText)).toEqual(['Secret shop/db']);
  });
});
