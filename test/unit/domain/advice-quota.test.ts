import { describe, expect, it } from 'vitest';
import { quotaAdvice } from '#domain/advice-quota.ts';
import { adviceText } from '#domain/advice-text.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { podDemand } from '#domain/pod-demand.ts';
import type { PodSpec } from '#domain/workload.ts';
import { object } from './release-objects.ts';

const requests = (cpu: string, more: object = {}) => ({
  resources: { requests: { cpu, memory: '128Mi' } },
  ...more,
});

function web(replicas: number, container: object, spec: object = {}): KubernetesObject {
  return object('apps/v1', 'Deployment', 'web', {
    replicas,
    template: { spec: { containers: [{ name: 'main', ...container }] } },
    ...spec,
  });
}

const standing = (intent: KubernetesObject, replicas: number): LiveObject => ({
  ...intent,
  status: { replicas },
});
const quota = (hard: object, used: object = {}, spec: object = {}): LiveObject => ({
  ...object('v1', 'ResourceQuota', 'limits', { hard, ...spec }),
  status: { hard, used },
});

interface Case {
  readonly intents: readonly KubernetesObject[];
  readonly live?: readonly LiveObject[];
  readonly change?: Partial<ObjectChange>;
  readonly quotas: readonly LiveObject[];
  readonly limitRanges?: readonly LiveObject[];
}

function advise({ intents, live = [], change = {}, quotas, limitRanges = [] }: Case) {
  const byText = new Map(live.map((each) => [identityText(identityOf(each)), each]));
  const changes = intents.map(
    (intent): ObjectChange => ({
      identity: identityOf(intent),
      action: byText.has(identityText(identityOf(intent))) ? 'configured' : 'created',
      fields: [],
      ...change,
    }),
  );
  return quotaAdvice({
    intents,
    changes,
    live: (identity) => byText.get(identityText(identity)),
    quotas,
    limitRanges,
  });
}

const rolling = { restarts: ['image'] };
const half = web(2, requests('500m'));
const mayNotMiss = { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
const mayMiss = { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } };
const defaults: LiveObject = object('v1', 'LimitRange', 'defaults', {
  limits: [{ type: 'Container', default: { cpu: '1', memory: '1Gi' }, defaultRequest: { cpu: '250m' } }],
});

const cases: readonly (readonly [title: string, given: Case, expected: readonly object[]])[] = [
  ['nothing where there is room', { intents: [half], quotas: [quota({ 'requests.cpu': '1' })] }, []],
  [
    'requests × replicas beyond what is left',
    { intents: [half], quotas: [quota({ 'requests.cpu': '2' }, { 'requests.cpu': '1500m' })] },
    [{ resource: 'requests.cpu', hard: 2, used: 1.5, frees: 0, needs: 1, surge: 0, verdict: 'exceeded' }],
  ],
  [
    'the short names of older quotas',
    { intents: [half], quotas: [quota({ memory: '200Mi' })] },
    [{ resource: 'memory', needs: 2 ** 28, verdict: 'exceeded' }],
  ],
  [
    'nothing of limits that nobody sets or counts',
    { intents: [half], quotas: [quota({ 'limits.ephemeral-storage': '1Gi' })] },
    [],
  ],
  [
    'pods',
    { intents: [half], quotas: [quota({ pods: '10' }, { pods: '9' })] },
    [{ resource: 'pods', hard: 10, used: 9, needs: 2, verdict: 'exceeded' }],
  ],
  [
    'objects, by both names',
    {
      intents: ['a', 'b'].map((name) => object('v1', 'ConfigMap', name)),
      quotas: [
        quota(
          { configmaps: '2', 'count/configmaps': '3', 'count/deployments.apps': '0' },
          { configmaps: '1', 'count/configmaps': '1' },
        ),
      ],
    },
    [{ resource: 'configmaps', needs: 2, verdict: 'exceeded' }],
  ],
  [
    'storage that claims ask for',
    {
      intents: [
        object('v1', 'PersistentVolumeClaim', 'files', { resources: { requests: { storage: '20Gi' } } }),
      ],
      quotas: [quota({ 'requests.storage': '10Gi' })],
    },
    [{ resource: 'requests.storage', verdict: 'exceeded' }],
  ],
  [
    'nothing for what the release frees itself',
    {
      intents: [web(2, requests('250m'), mayMiss)],
      live: [standing(half, 2)],
      quotas: [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '1' })],
      change: { restarts: [] },
    },
    [],
  ],
  [
    'a surge that has no room, where no pod may be missing',
    {
      intents: [web(2, requests('500m'), mayNotMiss)],
      live: [standing(half, 2)],
      quotas: [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '1' })],
      change: rolling,
    },
    [{ used: 1, frees: 1, needs: 1, surge: 0.5, verdict: 'no-room-to-surge' }],
  ],
  [
    'a surge that waits for old pods, where one may be missing',
    {
      intents: [web(2, requests('500m'), mayMiss)],
      live: [standing(half, 2)],
      quotas: [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '1' })],
      change: rolling,
    },
    [{ surge: 0.5, verdict: 'waits' }],
  ],
  [
    'by default 25 %, rounded up to surge and down to miss',
    {
      intents: [web(3, requests('1'))],
      live: [standing(web(3, requests('1')), 3)],
      quotas: [quota({ 'requests.cpu': '3' }, { 'requests.cpu': '3' })],
      change: rolling,
    },
    [{ surge: 1, verdict: 'no-room-to-surge' }],
  ],
  [
    'no surge of what is recreated',
    {
      intents: [web(2, requests('500m'), { strategy: { type: 'Recreate' } })],
      live: [standing(half, 2)],
      quotas: [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '1' })],
      change: rolling,
    },
    [],
  ],
  [
    'the replicas that a scaler keeps, not those that are declared (A5)',
    {
      intents: [half],
      live: [standing(half, 2)],
      quotas: [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '1' })],
      change: { apply: { replicas: { kind: 'left', replicas: 6 } } },
    },
    [{ needs: 3, verdict: 'exceeded' }],
  ],
  [
    'pods that are missing already',
    {
      intents: [half],
      live: [standing(half, 1)],
      quotas: [quota({ 'requests.cpu': '750m' }, { 'requests.cpu': '500m' })],
      change: { action: 'unchanged' },
    },
    [{ used: 0.5, frees: 0.5, needs: 1, verdict: 'exceeded' }],
  ],
  [
    'a quota that the release brings itself',
    {
      intents: [half, object('v1', 'ResourceQuota', 'own', { hard: { 'requests.cpu': '500m' } })],
      quotas: [],
    },
    [{ hard: 0.5, needs: 1, verdict: 'exceeded' }],
  ],
  [
    'the quota as the release changes it',
    {
      intents: [half, object('v1', 'ResourceQuota', 'limits', { hard: { 'requests.cpu': '2' } })],
      quotas: [quota({ 'requests.cpu': '500m' })],
    },
    [],
  ],
  [
    'nothing of a quota for some pods only',
    { intents: [half], quotas: [quota({ pods: '1' }, {}, { scopes: ['BestEffort'] })] },
    [],
  ],
  [
    'a job by the pods that run at a time',
    {
      intents: [
        object('batch/v1', 'Job', 'once', {
          parallelism: 5,
          completions: 3,
          template: { spec: { containers: [{ name: 'main' }] } },
        }),
      ],
      quotas: [quota({ pods: '2' })],
    },
    [{ needs: 3, verdict: 'exceeded' }],
  ],
  [
    'containers that say nothing of what a quota counts',
    { intents: [web(1, {})], quotas: [quota({ 'requests.cpu': '4', 'limits.memory': '4Gi' })] },
    [
      {
        kind: 'quota-unspecified',
        lacks: ["limits.memory of container 'main'", "requests.cpu of container 'main'"],
      },
    ],
  ],
  [
    'what the namespace gives them by default',
    {
      intents: [web(5, {})],
      quotas: [quota({ 'requests.cpu': '1', 'limits.memory': '4Gi' })],
      limitRanges: [defaults],
    },
    [
      { resource: 'requests.cpu', needs: 1.25, verdict: 'exceeded' },
      { resource: 'limits.memory', needs: 5 * 2 ** 30, verdict: 'exceeded' },
    ],
  ],
  [
    'a limit as the request, where there is none',
    { intents: [web(2, { resources: { limits: { cpu: '1' } } })], quotas: [quota({ 'requests.cpu': '1' })] },
    [{ needs: 2, verdict: 'exceeded' }],
  ],
  [
    'nothing in another namespace',
    { intents: [{ ...half, metadata: { name: 'web', namespace: 'other' } }], quotas: [quota({ pods: '0' })] },
    [],
  ],
];

describe('quota head-room (D6, E6)', () => {
  it.each(cases)('tells of %s', (_title, given, expected) => expect(advise(given)).toMatchObject(expected));

  it('names the numbers', () => {
    const given = {
      intents: [half],
      quotas: [quota({ 'requests.memory': '320Mi' }, { 'requests.memory': '256Mi' })],
    };
    expect(advise(given).map(adviceText)).toEqual([
      'ResourceQuota shop/limits: requests.memory: Deployment.apps shop/web needs 256 Mi; the quota is 320 Mi, 256 Mi is used, and 0 of it is given back; not all of it will start',
    ]);
  });
});

describe('what a pod counts for', () => {
  const container = (cpu: string, more: object = {}) => ({
    name: cpu,
    resources: { requests: { cpu } },
    ...more,
  });
  const sidecar = { restartPolicy: 'Always' };
  it.each<[string, object, number]>([
    ['its containers together', { containers: [container('1'), container('500m')] }, 1.5],
    [
      'its largest init container',
      { containers: [container('1')], initContainers: [container('3'), container('2')] },
      3,
    ],
    [
      'its sidecars with its containers',
      { containers: [container('1')], initContainers: [container('1', sidecar)] },
      2,
    ],
    [
      'an init container with the sidecars before it',
      {
        containers: [container('1')],
        initContainers: [container('1', sidecar), container('3'), container('1', sidecar)],
      },
      4,
    ],
    ['what it says for itself', { containers: [container('1')], resources: { requests: { cpu: '5' } } }, 5],
    ['its overhead', { containers: [container('1')], overhead: { cpu: '100m' } }, 1.1],
  ])('is %s', (_title, spec, cpu) => {
    expect(podDemand(spec as PodSpec, { requests: {}, limits: {} })['requests.cpu']).toBeCloseTo(cpu);
  });
});
