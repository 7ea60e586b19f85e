import { type FieldError, invalidValue, required } from '../errors.ts';
import type { KubeObject } from '../object.ts';

const dataKey = /^[-._a-zA-Z0-9]+$/;

/** What is wrong with the keys of a ConfigMap or a Secret. */
export function validateDataKeys(object: KubeObject): FieldError[] {
  return Object.keys({ ...object.data, ...object.binaryData })
    .filter((key) => !dataKey.test(key))
    .map((key) =>
      invalidValue(
        `data[${key}]`,
        key,
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ),
    );
}

const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/basic-auth': ['username', 'password'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

/** Keys that a Secret's type demands and that are missing. */
export function validateSecret(object: KubeObject): FieldError[] {
  return (secretKeys[object.type] ?? [])
    .filter((key) => object.data?.[key] === undefined)
    .map((key) => required(`data[${key}]`));
}
