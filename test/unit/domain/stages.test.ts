import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { stagesOf } from '#domain/stages.ts';
import {
  annotated,
  apiService,
  binding,
  customResource,
  definition,
  object,
  service,
  webhook,
  workload,
} from './release-objects.ts';

/** Stages as text: layers by `|`, what is awaited after `→`. */
function order(objects: readonly KubernetesObject[]): readonly string[] {
  const short = (text: string) => text.replace(/^(\w+)\S* (?:shop\/)?/, '$1 ');
  return stagesOf(objects).map(({ layers, awaits }) => {
    const applied = layers.map((layer) => layer.map(short).join(', ')).join(' | ');
    return awaits.length === 0 ? applied : `${applied} → ${awaits.map(short).join(', ')}`;
  });
}

const everyWave = [
  object('v1', 'Namespace', 'shop', {}),
  definition('Widget'),
  object('scheduling.k8s.io/v1', 'PriorityClass', 'high', {}),
  object('v1', 'ServiceAccount', 'web'),
  object('v1', 'ConfigMap', 'web'),
  service('web'),
  annotated(object('batch/v1', 'Job', 'migrate'), { 'helm.sh/hook': 'pre-upgrade' }),
  workload('web'),
  object('networking.k8s.io/v1', 'Ingress', 'web'),
  annotated(object('batch/v1', 'Job', 'smoke'), { 'argocd.argoproj.io/hook': 'PostSync' }),
];

describe('a release', () => {
  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    ['has one stage mostly', [workload('web'), service('web')], ['Service web | Deployment web']],
    [
      'goes through the waves; hooks are waited for (§3)',
      everyWave,
      [
        'Namespace shop | CustomResourceDefinition widgets.example.com | PriorityClass high | ServiceAccount web | ConfigMap web | Service web | Job migrate → Job migrate',
        'Deployment web | Ingress web → Service web, Deployment web, Ingress web',
        'Job smoke',
      ],
    ],
    [
      'puts an Ingress whose load balancer speaks to pods before the pods (§3, wave 5)',
      [
        workload('web'),
        annotated(object('networking.k8s.io/v1', 'Ingress', 'web'), {
          'alb.ingress.kubernetes.io/target-type': 'ip',
        }),
      ],
      ['Ingress web | Deployment web'],
    ],
    [
      'puts a custom resource after its definition, a class before everything that names it',
      [customResource('Widget', 'w'), customResource('WidgetClass', 'c'), definition('Widget')],
      ['CustomResourceDefinition widgets.example.com | WidgetClass c | Widget w'],
    ],
    [
      'puts a scaler after what it scales (O1)',
      [
        object('autoscaling/v2', 'HorizontalPodAutoscaler', 'a', {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        }),
        workload('web'),
      ],
      ['Deployment web | HorizontalPodAutoscaler a'],
    ],
    [
      'puts a webhook after the pods that answer it (O2)',
      [webhook('guard', 'guard'), service('guard'), workload('guard'), workload('other')],
      [
        'Service guard | Deployment guard, Deployment other → Service guard, Deployment guard',
        'ValidatingWebhookConfiguration guard',
      ],
    ],
    [
      'does not wait for a webhook that somebody else answers',
      [webhook('guard', 'elsewhere'), workload('web')],
      ['Deployment web | ValidatingWebhookConfiguration guard'],
    ],
    [
      'puts an aggregated API after the pods that answer it',
      [apiService('api'), service('api'), workload('api')],
      ['Service api | Deployment api → Service api, Deployment api', 'APIService v1.metrics.example.com'],
    ],
    [
      'lets a resource in another version than the stored one wait for its conversion',
      [
        definition('Widget', { conversion: 'web', versions: ['v1', 'v1beta1'] }),
        customResource('Widget', 'new'),
        customResource('Widget', 'old', 'v1beta1'),
        service('web'),
        workload('web'),
      ],
      [
        'CustomResourceDefinition widgets.example.com | Service web | Deployment web, Widget new → Service web, Deployment web',
        'Widget old',
      ],
    ],
    [
      'honours waves of users: each is healthy before the next (O4)',
      [
        annotated(workload('db'), { 'argocd.argoproj.io/sync-wave': '-1' }),
        workload('web'),
        annotated(workload('late'), { 'tidegate.dev/wave': '2' }),
      ],
      ['Deployment db → Deployment db', 'Deployment web → Deployment web', 'Deployment late'],
    ],
    [
      'does not wait for a Service whose pods come in a later wave',
      [service('web'), annotated(workload('web'), { 'tidegate.dev/wave': '1' })],
      ['Service web | Deployment web'],
    ],
    [
      'takes ours before Argo’s where both stand',
      [
        annotated(workload('a'), { 'tidegate.dev/wave': '0', 'argocd.argoproj.io/sync-wave': '7' }),
        workload('b'),
      ],
      ['Deployment a, Deployment b'],
    ],
    [
      'moves an object back to what it cannot do without, whatever wave it was given (O1)',
      [
        annotated(object('v1', 'ConfigMap', 'web'), { 'tidegate.dev/wave': '3' }),
        workload('web', { envFrom: [{ configMapRef: { name: 'web' } }] }),
      ],
      ['ConfigMap web | Deployment web'],
    ],
    [
      'leaves an optional reference alone',
      [
        annotated(object('v1', 'ConfigMap', 'web'), { 'tidegate.dev/wave': '3' }),
        workload('web', { envFrom: [{ configMapRef: { name: 'web', optional: true } }] }),
      ],
      ['Deployment web → Deployment web', 'ConfigMap web'],
    ],
    [
      'puts a workload after the rights of its account',
      [
        annotated(binding('web', 'runner'), { 'tidegate.dev/wave': '1' }),
        workload('web', {}, { serviceAccountName: 'runner' }),
      ],
      ['RoleBinding web | Deployment web'],
    ],
    [
      'waits for what an annotation names (tidegate.dev, cli-utils)',
      [
        annotated(workload('web'), { 'tidegate.dev/depends-on': 'Deployment.apps/db' }),
        annotated(workload('cron'), {
          'config.kubernetes.io/depends-on': 'apps/namespaces/shop/Deployment/web',
        }),
        workload('db'),
      ],
      ['Deployment db → Deployment db', 'Deployment web → Deployment web', 'Deployment cron'],
    ],
    [
      'waits for the pods behind a Service that an annotation names',
      [
        annotated(workload('web'), { 'tidegate.dev/depends-on': 'Service/db' }),
        workload('db'),
        service('db'),
      ],
      ['Service db | Deployment db → Service db, Deployment db', 'Deployment web'],
    ],
    [
      'knows the groups of kapp',
      [
        annotated(workload('web'), { 'kapp.k14s.io/change-rule.db': 'upsert after upserting shop/db' }),
        annotated(workload('db'), { 'kapp.k14s.io/change-group': 'shop/db' }),
        annotated(object('v1', 'ConfigMap', 'first'), {
          'kapp.k14s.io/change-rule': 'upsert before upserting shop/db',
        }),
      ],
      ['ConfigMap first | Deployment db → Deployment db', 'Deployment web'],
    ],
    [
      'runs hooks of one phase by weight, their settings before them',
      [
        annotated(object('batch/v1', 'Job', 'second'), {
          'helm.sh/hook': 'pre-install',
          'helm.sh/hook-weight': '5',
        }),
        annotated(object('batch/v1', 'Job', 'first'), {
          'helm.sh/hook': 'pre-install,pre-upgrade',
          'helm.sh/hook-weight': '-5',
        }),
        annotated(object('v1', 'ConfigMap', 'settings'), { 'helm.sh/hook': 'pre-install' }),
        workload('web'),
      ],
      ['ConfigMap settings | Job first → Job first', 'Job second → Job second', 'Deployment web'],
    ],
    [
      'keeps namespaces first, whatever wave they are given',
      [
        annotated(object('v1', 'Namespace', 'shop', {}), { 'tidegate.dev/wave': '9' }),
        annotated(workload('db'), { 'tidegate.dev/wave': '-3' }),
      ],
      ['Namespace shop | Deployment db'],
    ],
  ])('%s', (_, objects, stages) => {
    expect(order(objects)).toEqual(stages);
  });

  it.each<[string, readonly KubernetesObject[], string]>([
    [
      'a circle',
      [
        annotated(workload('a'), { 'tidegate.dev/depends-on': 'Deployment.apps/b' }),
        annotated(workload('b'), { 'tidegate.dev/depends-on': 'Deployment.apps/c' }),
        annotated(workload('c'), { 'tidegate.dev/depends-on': 'Deployment.apps/a' }),
        workload('d'),
      ],
      'Deployment.apps shop/a → Deployment.apps shop/b → Deployment.apps shop/c → Deployment.apps shop/a',
    ],
    [
      'a name that the release does not hold',
      [annotated(workload('a'), { 'tidegate.dev/depends-on': 'Deployment.apps/gone' })],
      'names Deployment.apps shop/gone, which the release does not hold',
    ],
  ])('is refused for %s', (_, objects, message) => {
    expect(() => stagesOf(objects)).toThrow(message);
  });

  it('has the same stages whatever order its objects come in', () => {
    const expected = stagesOf(everyWave);
    fc.assert(
      fc.property(fc.shuffledSubarray(everyWave, { minLength: everyWave.length }), (shuffled) => {
        expect(stagesOf(shuffled)).toEqual(expected);
      }),
    );
  });

  it('applies each object once, after all that it depends on, in any release without a circle', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const wave = fc.integer({ min: -2, max: 2 });
    const release = fc.tuple(...names.map((_, index) => fc.tuple(wave, fc.subarray(names.slice(0, index)))));
    fc.assert(
      fc.property(release, fc.shuffledSubarray(names, { minLength: names.length }), (drawn, shuffle) => {
        const objects = drawn.map(([own, on], index) =>
          annotated(workload(names[index] ?? ''), {
            'tidegate.dev/wave': String(own),
            'tidegate.dev/depends-on': on.map((name) => `Deployment.apps/${name}`).join(','),
          }),
        );
        const stages = stagesOf(shuffle.map((name) => objects[names.indexOf(name)] as KubernetesObject));
        const flat = stages.flatMap(({ layers }) => layers.flat());
        const stageOf = (name: string) =>
          stages.findIndex(({ layers }) => layers.flat().includes(`Deployment.apps shop/${name}`));
        expect(flat.toSorted()).toEqual(names.map((name) => `Deployment.apps shop/${name}`));
        for (const [index, [, on]] of drawn.entries())
          for (const name of on) expect(stageOf(name)).toBeLessThan(stageOf(names[index] ?? ''));
      }),
    );
  });
});
