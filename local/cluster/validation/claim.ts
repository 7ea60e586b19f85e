import { type FieldError, forbiddenValue, required, unsupportedValue } from '../errors.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import { quantity } from '../quantity.ts';
import { hunk } from './text-difference.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** What is wrong with a PersistentVolumeClaim. */
export function validateClaim({ spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.accessModes ?? []).length === 0) {
    errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  }
  for (const mode of spec.accessModes ?? []) {
    if (!accessModes.includes(mode)) errors.push(unsupportedValue('spec.accessModes', mode, accessModes));
  }
  if (spec.resources?.requests?.storage === undefined) errors.push(required('spec.resources[storage]'));
  return errors;
}

const refusal =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const storageAt = 'spec.resources.requests.storage';

/** What of a claim may not change: I1. */
export function fixedClaim(object: KubeObject, before: KubeObject): FieldError[] {
  const now: Json = structuredClone(object.spec);
  const was: Json = structuredClone(before.spec);
  if (!was.volumeName) was.volumeName = now.volumeName;
  if (was.storageClassName === undefined) was.storageClassName = now.storageClassName;
  if (object.status?.phase === 'Bound') {
    now.resources.requests = { ...now.resources.requests, storage: was.resources?.requests?.storage };
    now.volumeAttributesClassName = was.volumeAttributesClassName;
  }
  const errors: FieldError[] = [];
  if (!sameJson(now, was)) {
    errors.push(forbiddenValue('spec', `${refusal}\n${hunk(goClaim(was), goClaim(now))}`));
  }
  const held = before.status?.capacity?.storage;
  const asked = object.spec.resources?.requests?.storage;
  const isSmaller = quantity(asked) < quantity(before.spec.resources?.requests?.storage);
  if (isSmaller && held !== undefined && quantity(asked) <= quantity(held)) {
    errors.push(forbiddenValue(storageAt, 'field can not be less than status.capacity'));
  }
  return errors;
}

/** A claim's specification as the API server prints it, a line for each field: every field, with Go's names. */
function goClaim(spec: Json): string[] {
  const shown = {
    AccessModes: spec.accessModes ?? null,
    Selector: spec.selector ?? null,
    Resources: { Limits: spec.resources?.limits ?? null, Requests: spec.resources?.requests ?? null },
    VolumeName: spec.volumeName ?? '',
    StorageClassName: spec.storageClassName ?? null,
    VolumeMode: spec.volumeMode ?? null,
    DataSource: spec.dataSource ?? null,
    DataSourceRef: spec.dataSourceRef ?? null,
    VolumeAttributesClassName: spec.volumeAttributesClassName ?? null,
  };
  return JSON.stringify(shown, null, 1).split('\n');
}
