import { type FieldError, invalidValue, required, unsupportedValue } from '../errors.ts';
import type { Json, KubeObject } from '../object.ts';
import { unchanged } from './checks.ts';
import { label, subdomain, subdomainText } from './names.ts';

const approval = 'api-approved.kubernetes.io';

/** What is wrong with a CustomResourceDefinition. */
export function validateDefinition({ metadata, spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const { group, names, scope, versions } = spec;
  const fullName = `${names.plural}.${group}`;
  if (metadata.name !== fullName) {
    errors.push(invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (!group) errors.push(required('spec.group'));
  else if (!subdomain.test(group)) errors.push(invalidValue('spec.group', group, subdomainText));
  else if (!group.includes('.')) {
    errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  }
  if (!scope) errors.push(required('spec.scope'));
  else if (!['Cluster', 'Namespaced'].includes(scope)) {
    errors.push(unsupportedValue('spec.scope', scope, ['Cluster', 'Namespaced']));
  }
  errors.push(...validateVersions(versions ?? []));
  for (const field of ['plural', 'singular', 'kind', 'listKind']) {
    if (!names[field]) errors.push(required(`spec.names.${field}`));
  }
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(group ?? '') && !metadata.annotations?.[approval]) {
    const text = `protected groups must have approval annotation "${approval}", see https://github.com/kubernetes/enhancements/pull/1111`;
    errors.push(required(`metadata.annotations[${approval}]`, text));
  }
  return errors;
}

function validateVersions(versions: readonly Json[]): FieldError[] {
  const errors: FieldError[] = [];
  versions.forEach((version, index) => {
    const at = `spec.versions[${index}]`;
    if (!label.test(version.name ?? '')) {
      errors.push(
        invalidValue(
          `${at}.name`,
          version.name ?? '',
          'a DNS-1035 label must consist of lower case alphanumeric characters',
        ),
      );
    }
    const schema = version.schema?.openAPIV3Schema;
    if (schema === undefined) errors.push(required(`${at}.schema.openAPIV3Schema`));
    else errors.push(...validateSchema(schema, `${at}.schema.openAPIV3Schema`, true));
  });
  if (new Set(versions.map((it) => it.name)).size < versions.length) {
    errors.push(invalidValue('spec.versions', versions, 'must contain unique version names'));
  }
  if (versions.filter((it) => it.storage === true).length !== 1) {
    errors.push(
      invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'),
    );
  }
  return errors;
}

const anyType = ['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields'];

/** Whether a schema is structural: each place says what it is. */
function validateSchema(schema: Json, at: string, isRoot = false): FieldError[] {
  const errors: FieldError[] = [];
  const mayLackType = anyType.some((word) => schema[word] === true);
  if (!schema.type && (isRoot || !mayLackType)) {
    const where = isRoot
      ? 'at the root'
      : at.endsWith('.items')
        ? 'for specified array items'
        : 'for specified object fields';
    errors.push(required(`${at}.type`, `must not be empty ${where}`));
  } else if (isRoot && schema.type !== 'object') {
    errors.push(invalidValue(`${at}.type`, schema.type, 'must be object at the root'));
  }
  if (schema.type === 'array' && schema.items === undefined)
    errors.push(required(`${at}.items`, 'must be specified'));
  for (const [name, property] of Object.entries<Json>(schema.properties ?? {})) {
    if (isRoot && ['metadata', 'apiVersion', 'kind'].includes(name)) continue;
    errors.push(...validateSchema(property, `${at}.properties[${name}]`));
  }
  if (schema.items !== undefined) errors.push(...validateSchema(schema.items, `${at}.items`));
  if (typeof schema.additionalProperties === 'object') {
    errors.push(...validateSchema(schema.additionalProperties, `${at}.additionalProperties`));
  }
  return [...errors, ...validateKeys(schema, at)];
}

function validateKeys(schema: Json, at: string): FieldError[] {
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const keys: string[] | undefined = schema['x-kubernetes-list-map-keys'];
  if (keys === undefined) {
    return [
      required(`${at}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'),
    ];
  }
  return keys.flatMap((key) => {
    const isSure =
      schema.items?.required?.includes(key) || schema.items?.properties?.[key]?.default !== undefined;
    if (isSure) return [];
    const text =
      'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    return [required(`${at}.items.properties[${key}].default`, text)];
  });
}

/** What of a CustomResourceDefinition may not change. */
export function fixedDefinition({ spec, status }: KubeObject, before: KubeObject): FieldError[] {
  const isEstablished = (before.status?.conditions ?? []).some(
    (it: Json) => it.type === 'Established' && it.status === 'True',
  );
  const errors = isEstablished
    ? [
        ...unchanged(spec, before.spec, 'spec', ['scope']),
        ...unchanged(spec.names, before.spec.names, 'spec.names', ['kind']),
      ]
    : [];
  errors.push(...unchanged(spec, before.spec, 'spec', ['group']));
  errors.push(...unchanged(spec.names, before.spec.names, 'spec.names', ['plural']));
  const names = spec.versions.map((it: Json) => it.name);
  (status?.storedVersions ?? []).forEach((version: string, index: number) => {
    if (names.includes(version)) return;
    const text = `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`;
    errors.push(invalidValue(`status.storedVersions[${index}]`, version, text));
  });
  return errors;
}
