import { type FieldError, invalidValue, required } from '../errors.ts';
import { type Kind, qualifiedKind } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { label, labelText, serviceLabel, serviceText, subdomain, subdomainText } from './names.ts';

const nameRules: Readonly<Record<string, readonly [RegExp, number, string]>> = {
  Namespace: [label, 63, labelText],
  Service: [serviceLabel, 63, serviceText],
  'StatefulSet.apps': [label, 63, labelText],
  'CronJob.batch': [subdomain, 52, subdomainText],
};
/** Kinds whose names may be any path segment. */
const anyName = new Set(
  ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((it) => `${it}.rbac.authorization.k8s.io`),
);

/** What is wrong with an object's name, labels and annotations. */
export function validateMetadata(
  kind: Kind,
  object: KubeObject,
  before: KubeObject | undefined,
): FieldError[] {
  const { name, uid, labels, annotations } = object.metadata;
  const errors: FieldError[] = [];
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else if (!anyName.has(qualifiedKind(kind))) {
    const [pattern, longest, text] = nameRules[qualifiedKind(kind)] ?? [subdomain, 253, subdomainText];
    if (name.length > longest) {
      errors.push(invalidValue('metadata.name', name, `must be no more than ${longest} characters`));
    } else if (!pattern.test(name)) errors.push(invalidValue('metadata.name', name, text));
  }
  if (before !== undefined && uid !== before.metadata.uid) {
    errors.push(invalidValue('metadata.uid', uid, 'field is immutable'));
    errors.push(invalidValue('metadata.uid', uid, 'field is immutable'));
  }
  errors.push(...validateLabels('metadata.labels', labels));
  const size = Object.entries(annotations ?? {}).reduce(
    (sum, [key, value]) => sum + key.length + value.length,
    0,
  );
  if (size > 262_144) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: 'metadata.annotations',
      message: 'Too long: may not be more than 262144 bytes',
    });
  }
  return errors;
}

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** What is wrong with label values. */
export function validateLabels(field: string, labels: Record<string, string> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  for (const value of Object.values(labels ?? {})) {
    if (value.length > 63) errors.push(invalidValue(field, value, 'must be no more than 63 characters'));
    else if (!labelValue.test(value)) {
      errors.push(
        invalidValue(
          field,
          value,
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
      );
    }
  }
  return errors;
}
