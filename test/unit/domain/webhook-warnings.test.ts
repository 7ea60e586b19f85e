import { describe, expect, it } from 'vitest';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import type { ChangeAction } from '#domain/plan.ts';
import { webhookWarnings } from '#domain/webhook-warnings.ts';
import { service, webhook, workload } from './release-objects.ts';

const guard = (more: object = {}): KubernetesObject => {
  const [own] = webhook('guard', 'guard').webhooks as readonly object[];
  const rules = [{ apiGroups: ['apps'], resources: ['deployments'] }];
  return { ...webhook('guard', 'guard'), webhooks: [{ ...own, rules, ...more }] };
};

function warnings(configuration: KubernetesObject, actions: Readonly<Record<string, ChangeAction>> = {}) {
  const objects = [configuration, service('guard'), workload('guard'), workload('web')];
  const changes = objects.map((object) => ({
    identity: identityOf(object),
    action: actions[`${object.kind} ${object.metadata.name}`] ?? ('unchanged' as const),
    fields: [],
  }));
  return webhookWarnings(objects, changes);
}
const changing = { 'Deployment guard': 'configured' } as const;

describe('a webhook of the release (O2)', () => {
  it('is warned of where the pods that answer it change and it is asked about the release', () => {
    expect(warnings(guard(), changing)).toEqual([
      "ValidatingWebhookConfiguration.admissionregistration.k8s.io guard: webhook 'a.example.com' is asked about objects of this release and answered by Deployment.apps shop/guard, which changes: applying waits while nobody answers",
    ]);
  });

  it.each<[string, KubernetesObject, Readonly<Record<string, ChangeAction>>]>([
    ['its pods stay', guard(), {}],
    ['it is not there yet', guard(), { ...changing, 'ValidatingWebhookConfiguration guard': 'created' }],
    ['it lets pass what it cannot be asked about', guard({ failurePolicy: 'Ignore' }), changing],
    ['it is asked about others', guard({ rules: [{ apiGroups: ['batch'], resources: ['jobs'] }] }), changing],
  ])('is not warned of where %s', (_, configuration, actions) => {
    expect(warnings(configuration, actions)).toEqual([]);
  });
});
