import type { Json } from '../object.ts';

/** Fills in validating and mutating webhook configurations. */
export function defaultWebhooks(object: Json): void {
  const isMutating = object.kind === 'MutatingWebhookConfiguration';
  for (const webhook of object.webhooks ?? []) {
    webhook.failurePolicy ??= 'Fail';
    webhook.matchPolicy ??= 'Equivalent';
    webhook.namespaceSelector ??= {};
    webhook.objectSelector ??= {};
    webhook.timeoutSeconds ??= 10;
    if (isMutating) webhook.reinvocationPolicy ??= 'Never';
    for (const rule of webhook.rules ?? []) rule.scope ??= '*';
    defaultServiceReference(webhook.clientConfig?.service);
  }
}

export function defaultPolicy(object: Json): void {
  object.spec ??= {};
  object.spec.failurePolicy ??= 'Fail';
  defaultMatch(object.spec.matchConstraints);
  if (object.kind === 'ValidatingAdmissionPolicy') object.status ??= {};
}

export function defaultPolicyBinding(object: Json): void {
  defaultMatch(object.spec?.matchResources);
}

function defaultMatch(match: Json): void {
  if (match === undefined) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])])
    rule.scope ??= '*';
}

export function defaultApiService(object: Json): void {
  if (object.spec?.service !== undefined) object.spec.service.port ??= 443;
  object.status ??= {};
}

export function defaultDefinition(object: Json): void {
  object.spec ??= {};
  const { spec } = object;
  spec.names ??= {};
  spec.names.singular ??= String(spec.names.kind ?? '').toLowerCase();
  spec.names.listKind ??= `${spec.names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  if (spec.conversion.strategy === 'Webhook')
    defaultServiceReference(spec.conversion.webhook?.clientConfig?.service);
  const storage = (spec.versions ?? []).find((version: Json) => version.storage === true);
  object.status ??= {
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: storage === undefined ? [] : [storage.name],
  };
}

function defaultServiceReference(service: Json): void {
  if (service !== undefined) service.port ??= 443;
}
