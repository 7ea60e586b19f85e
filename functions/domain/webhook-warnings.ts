import { groupOf, kindRuleOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { servicesCalledBy } from '#domain/references.ts';
import { indexRelease, type ReleaseIndex } from '#domain/release-index.ts';

interface Webhook {
  readonly name?: string;
  readonly failurePolicy?: string;
  readonly rules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
  }[];
}

/**
 * Notes on webhooks of a release that are in force already, are asked about its own objects, and are answered by pods that
 * this release changes: while those change, applying may have to wait for them (KUBERNETES.md O2).
 */
export function webhookWarnings(
  objects: readonly KubernetesObject[],
  changes: readonly ObjectChange[],
): readonly string[] {
  const configurations = objects.filter(
    ({ apiVersion }) => groupOf(apiVersion) === 'admissionregistration.k8s.io',
  );
  if (configurations.length === 0) return [];
  const actions = new Map(changes.map(({ identity, action }) => [identityText(identity), action]));
  const actionOf = (object: KubernetesObject) => actions.get(identityText(identityOf(object)));
  const index = indexRelease(objects);
  return configurations.flatMap((configuration) => {
    if (actionOf(configuration) === 'created') return [];
    const changing = answeringPods(configuration, index).find((pods) => actionOf(pods) === 'configured');
    const blocking = webhooksOf(configuration).find(
      (webhook) => webhook.failurePolicy !== 'Ignore' && objects.some((object) => asks(webhook, object)),
    );
    if (changing === undefined || blocking === undefined) return [];
    return [
      `${identityText(identityOf(configuration))}: webhook '${blocking.name}' is asked about objects of this release and answered by ${identityText(identityOf(changing))}, which changes: applying waits while nobody answers`,
    ];
  });
}

function webhooksOf({ webhooks }: KubernetesObject): readonly Webhook[] {
  return Array.isArray(webhooks) ? webhooks : [];
}

function answeringPods(
  configuration: KubernetesObject,
  { find, objects, workloadsBehind }: ReleaseIndex,
): readonly KubernetesObject[] {
  return servicesCalledBy(configuration).flatMap((identity) => {
    const service = objects[find(identity) ?? -1];
    const { selector } = (service?.spec ?? {}) as { readonly selector?: unknown };
    return workloadsBehind(identity.namespace, selector).flatMap((number) => objects[number] ?? []);
  });
}

function asks({ rules = [] }: Webhook, object: KubernetesObject): boolean {
  const { group, resource } = kindRuleOf(identityOf(object));
  return rules.some(
    ({ apiGroups = [], resources = [] }) =>
      (apiGroups.includes('*') || apiGroups.includes(group)) &&
      // A custom resource's name is not known here: its group decides.
      (resource === '' || resources.some((each) => each === resource || each.startsWith('*'))),
  );
}
