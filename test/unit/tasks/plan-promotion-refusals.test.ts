import { beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { planPromotion } from '#tasks/plan-promotion.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  deployment,
  environment,
  executionArn,
  image,
  namespace,
  shop,
} from './deployment-harness.ts';
import { failureOf, plan } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

describe('PlanPromotion refuses', () => {
  const settings = configMap('web-settings', { greeting: 'hello' });
  const nowhere = { ...settings, metadata: { name: 'web-settings', namespace: 'brought' } };
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace } };
  const clusterWide = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [{ name: 'v1', served: true, storage: true }],
    },
  };

  it.each<[string, readonly KubernetesObject[], (() => Promise<void>) | undefined, string, string]>([
    [
      'an object of another application',
      [settings],
      () => harness.memory.applyAs('tidegate', owned('billing', 'production')),
      'PolicyViolationError',
      `ConfigMap ${namespace}/web-settings: belongs to application 'billing' in environment 'production'; give it another name, remove it from 'billing' first, or name it under \`confirm.adopt\` in tidegate.yaml`,
    ],
    [
      'an object of the same application in another environment',
      [settings],
      () => harness.memory.applyAs('tidegate', owned('shop', 'staging')),
      'PolicyViolationError',
      `ConfigMap ${namespace}/web-settings: belongs to application 'shop' in environment 'staging'; give it another name, remove it from 'shop' first, or name it under \`confirm.adopt\` in tidegate.yaml`,
    ],
    [
      'a field that somebody else owns',
      [settings],
      () => harness.memory.applyAs('acme-operator', configMap('web-settings', { greeting: 'edited' })),
      'FieldConflictError',
      `ConfigMap ${namespace}/web-settings: .data.greeting is owned by 'acme-operator'; remove the field from the manifest, or let 'acme-operator' give it up`,
    ],
    [
      'a kind that neither the cluster nor the release has',
      [widget],
      undefined,
      'ManifestRefusedError',
      `Widget.example.com ${namespace}/w: the cluster serves no kind 'Widget' of 'example.com/v1'; bring its CustomResourceDefinition in the bundle, install what defines it, or mend apiVersion and kind`,
    ],
    [
      'a cluster-scoped kind that the environment took for a namespaced one',
      [widget],
      () => harness.memory.applyAs('tidegate', clusterWide),
      'PolicyViolationError',
      `Widget.example.com ${namespace}/w: is cluster-scoped, and the environment does not permit it; remove it, or let an operator add Widget to its clusterScopedKinds`,
    ],
    [
      'a release whose objects depend on each other in a circle',
      [
        {
          ...settings,
          metadata: { ...settings.metadata, annotations: { 'tidegate.dev/depends-on': 'ConfigMap/b' } },
        },
        {
          ...configMap('b', {}),
          metadata: {
            name: 'b',
            namespace,
            annotations: { 'tidegate.dev/depends-on': 'ConfigMap/web-settings' },
          },
        },
      ],
      undefined,
      'PolicyViolationError',
      `objects depend on each other in a circle: ConfigMap ${namespace}/b → ConfigMap ${namespace}/web-settings → ConfigMap ${namespace}/b; take one of the annotations away that say so`,
    ],
    [
      'a namespace that is neither there nor brought, though another one is',
      [nowhere, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'another' } }],
      undefined,
      'ManifestRefusedError',
      "ConfigMap brought/web-settings: namespace 'brought' does not exist; create it, or bring it in the bundle and list Namespace in the environment's clusterScopedKinds",
    ],
  ])('%s', async (_, objects, before, name, message) => {
    await before?.();
    const promotion = await harness.open(await harness.receive(objects));
    const failure = await failureOf(harness.tasks.planPromotion({ ...promotion, round: 1, executionArn }));
    expect(failure).toMatchObject({ name, message });
    expect(await harness.promotions.promotion(promotion)).not.toHaveProperty('plan');
  });

  function owned(by: string, place: string): KubernetesObject {
    const annotations = { 'tidegate.dev/application': by, 'tidegate.dev/environment': place };
    return { ...settings, metadata: { name: 'web-settings', namespace, annotations } };
  }

  const known = { application, release: 1, environment, attempt: 1, kind: 'promotion' as const };
  it.each([
    [
      'a release that is not known',
      { ...known, release: 9 },
      'RequestInvalidError',
      "release 9 of application 'shop': is not known",
    ],
    [
      'an environment that the pipeline does not have',
      { ...known, environment: 'staging' },
      'PipelineInvalidError',
      "pipeline of application 'shop': has no environment 'staging'; add it, or promote to one it has",
    ],
  ])('%s', async (_, promotion, name, message) => {
    await harness.receive(shop(1));
    const planning = harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    await expect(planning).rejects.toMatchObject({ name, message });
  });

  it('a release that was never validated for the environment', async () => {
    const promotion = await harness.open(await harness.receive(shop(1)));
    const releases: typeof harness.releases = {
      ...harness.releases,
      release: async (id) => {
        const release = await harness.releases.release(id);
        return release && { ...release, contents: {} };
      },
    };
    const planning = planPromotion({ ...harness, releases })({ ...promotion, round: 1, executionArn });
    await expect(planning).rejects.toMatchObject({
      name: 'RequestInvalidError',
      message:
        "release 1 of application 'shop': has no content for environment 'production'; it was never validated for it",
    });
  });

  it('for now what keeps changing its owners while it is applied', async () => {
    const contested = await createDeploymentHarness({
      cluster: {
        ...harness.memory,
        apply: async () => ({
          kind: 'conflict',
          conflicts: [{ field: '.spec.replicas', manager: 'hpa', subresource: 'scale' }],
        }),
      },
    });
    await expect(plan(contested, [deployment('web', image('web'))])).rejects.toMatchObject({
      name: 'ClusterUnavailableError',
      message: `Deployment.apps ${namespace}/web: its field owners keep changing while it is applied`,
      facts: { fields: ['.spec.replicas'] },
    });
  });
});
