import { describe, expect, it } from 'vitest';
import { kindProblem } from '#domain/bundle-kind.ts';
import { findKindRule, kindRuleOf, kindRules, servedAddress } from '#domain/kinds.ts';

describe('the kinds of a bundle', () => {
  it.each(kindRules.flatMap((rule) => rule.versions.map((version) => [rule, version] as const)))(
    'take every built-in one in every version that is served: %j %s',
    ({ group, kind }, version) => {
      const apiVersion = group === '' ? version : `${group}/${version}`;
      expect(kindProblem({ apiVersion, kind })).toBeUndefined();
    },
  );

  it.each([
    ['cert-manager.io/v1', 'Certificate'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    // Others have kinds of the same names.
    ['serving.knative.dev/v1', 'Service'],
    ['networking.k8s.io/v1', 'SomethingOfTomorrow'],
  ])('take those of others and of later Kubernetes: %s %s', (apiVersion, kind) => {
    expect(kindProblem({ apiVersion, kind })).toBeUndefined();
  });

  it.each([
    ['policy/v1beta1', 'PodDisruptionBudget', '1.25; use `policy/v1`'],
    ['policy/v1beta1', 'PodSecurityPolicy', '1.25; use the labels of Pod Security Admission'],
    ['extensions/v1beta1', 'Ingress', '1.22; use `networking.k8s.io/v1`'],
    ['extensions/v1beta1', 'Deployment', '1.16; use `apps/v1`'],
    ['extensions/v1beta1', 'NetworkPolicy', '1.16; use `networking.k8s.io/v1`'],
    ['apps/v1beta2', 'StatefulSet', '1.16; use `apps/v1`'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.26; use `autoscaling/v2`'],
    ['batch/v1beta1', 'CronJob', '1.25; use `batch/v1`'],
    ['networking.k8s.io/v1beta1', 'Ingress', '1.22; use `networking.k8s.io/v1`'],
    ['rbac.authorization.k8s.io/v1beta1', 'ClusterRole', '1.22; use `rbac.authorization.k8s.io/v1`'],
    ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', '1.22; use `apiextensions.k8s.io/v1`'],
    ['admissionregistration.k8s.io/v1beta1', 'ValidatingWebhookConfiguration', '1.22; use'],
    ['storage.k8s.io/v1beta1', 'CSIDriver', '1.22; use `storage.k8s.io/v1`'],
  ])(
    'refuse what clusters no longer serve, and name what took its place: %s %s',
    (apiVersion, kind, text) => {
      expect(kindProblem({ apiVersion, kind })).toEqual({
        field: 'apiVersion',
        message: expect.stringContaining(`is not served since Kubernetes ${text}`),
      });
    },
  );

  it.each([
    ['v1', 'Deployment', 'use `apps/v1`'],
    ['apps/v1', 'Deploymnt', 'did you mean `Deployment`?'],
    ['v1', 'Widget', 'there is no kind `Widget` in `v1`'],
    ['app/v1', 'Deployment', 'did you mean `apps`?'],
    ['apps/v2', 'Deployment', 'is not served; use `apps/v1`'],
  ])('refuse what cannot be: %s %s', (apiVersion, kind, text) => {
    expect(kindProblem({ apiVersion, kind })?.message).toContain(text);
  });
});

describe('the table of kinds', () => {
  it('names each kind once, with a resource of its own in its group', () => {
    const names = kindRules.map(({ group, kind }) => `${group}/${kind}`);
    const resources = kindRules.map(({ group, resource }) => `${group}/${resource}`);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(resources).size).toBe(resources.length);
  });

  it('has a rule for kinds of others: wave 7, or that of classes and routes', () => {
    const rule = (group: string, kind: string) => kindRuleOf({ group, kind, namespace: 'shop' }).wave;
    expect(rule('example.com', 'Widget')).toBe(7);
    expect(rule('example.com', 'WidgetClass')).toBe(2);
    expect(rule('gateway.networking.k8s.io', 'HTTPRoute')).toBe(5);
    expect(rule('elbv2.k8s.aws', 'TargetGroupBinding')).toBe(5);
    expect(findKindRule({ group: 'example.com', kind: 'Widget' })).toBeUndefined();
  });

  it('finds an object by the version that is served now (P7)', () => {
    const identity = { group: 'policy', kind: 'PodDisruptionBudget', namespace: 'shop', name: 'web' };
    expect(servedAddress(identity, 'policy/v1beta1').apiVersion).toBe('policy/v1');
    const scaler = { group: 'autoscaling', kind: 'HorizontalPodAutoscaler', name: 'web' };
    expect(servedAddress(scaler, 'autoscaling/v1').apiVersion).toBe('autoscaling/v1');
    const widget = { group: 'example.com', kind: 'Widget', name: 'w' };
    expect(servedAddress(widget, 'example.com/v1beta1').apiVersion).toBe('example.com/v1beta1');
  });
});
