import type { PlanAdvice } from '#domain/advice.ts';
import { ManifestRefusedError } from '#domain/errors.ts';
import { groupOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { definedSchema, type ObjectSchema, schemaFaults } from '#domain/object-schema.ts';
import type { Cluster } from '#ports/cluster.ts';
import { kindMissing, type NotApplied, namespaceMissing } from './apply-object.ts';

/**
 * Checks an object that the cluster cannot be asked about by a dry run, because its namespace or its kind comes with this
 * release (KUBERNETES.md D2): against its definition in the release, or the schema that the cluster publishes. Answers
 * the advice that marks it as unverified. Throws ManifestRefusedError for what the schema refuses, and where neither
 * the cluster nor the release has the namespace or the kind.
 */
export async function checkUnverified(
  cluster: Cluster,
  intent: KubernetesObject,
  intents: readonly KubernetesObject[],
  result: NotApplied,
): Promise<PlanAdvice> {
  const subject = identityText(identityOf(intent));
  const definition = intents.find((each) => isDefinitionOf(each, intent));
  const why = reasonFor(subject, intent, intents, definition, result);
  const schema = schemaIn(definition, intent) ?? (await cluster.schemaOf(intent.apiVersion, intent.kind));
  const faults = schema === undefined ? [] : schemaFaults(intent, schema);
  if (faults.length === 0)
    return {
      kind: 'unverified',
      identity: identityOf(intent),
      reason: why,
      fitsSchema: schema !== undefined,
    };
  throw new ManifestRefusedError(`${subject}: does not fit its schema: ${faults.join('; ')}`, { faults });
}

function reasonFor(
  subject: string,
  intent: KubernetesObject,
  intents: readonly KubernetesObject[],
  definition: KubernetesObject | undefined,
  result: NotApplied,
): string {
  if (result.kind === 'dry-run-impossible') return result.reason;
  if (result.kind === 'kind-missing') {
    if (definition === undefined) throw kindMissing(subject, intent);
    return 'its kind is defined by this release';
  }
  const brought = intents.some(
    ({ kind, metadata }) => kind === 'Namespace' && metadata.name === result.namespace,
  );
  if (!brought) throw namespaceMissing(subject, result.namespace);
  return 'its namespace is created by this release';
}

interface DefinitionSpec {
  readonly group?: string;
  readonly names?: { readonly kind?: string };
}

function isDefinitionOf(object: KubernetesObject, { apiVersion, kind }: KubernetesObject): boolean {
  if (object.kind !== 'CustomResourceDefinition') return false;
  const { group, names } = (object.spec ?? {}) as DefinitionSpec;
  return group === groupOf(apiVersion) && names?.kind === kind;
}

function schemaIn(
  definition: KubernetesObject | undefined,
  intent: KubernetesObject,
): ObjectSchema | undefined {
  if (definition === undefined) return undefined;
  const version = intent.apiVersion.slice(intent.apiVersion.indexOf('/') + 1);
  const schema = definedSchema(definition, version);
  if (schema !== undefined) return schema;
  throw new ManifestRefusedError(
    `${identityText(identityOf(intent))}: its CustomResourceDefinition '${definition.metadata.name}' in this release serves no version '${version}'`,
    { definition: definition.metadata.name, version },
  );
}
