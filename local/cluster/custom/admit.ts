import type { FieldError } from '../errors.ts';
import type { Kind } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { check } from './check.ts';
import { fillDefaults } from './fill.ts';
import { checkRules } from './rules.ts';

/** Gives a custom resource its definition's defaults; changes the object, which the caller owns. */
export function defaultCustom(kind: Kind, object: KubeObject): void {
  if (kind.custom !== undefined) fillDefaults(object, kind.custom.openApi);
}

/** What of a custom resource its definition refuses. Rules in CEL are asked only where the schema itself is satisfied. */
export function validateCustom(kind: Kind, object: KubeObject, before: KubeObject | undefined): FieldError[] {
  const openApi = kind.custom?.openApi;
  if (openApi === undefined) return [];
  // Metadata has its own rules everywhere.
  const { metadata: _, ...rest } = openApi.properties ?? {};
  const errors = check(
    object,
    { ...openApi, properties: rest, required: without(openApi.required, 'metadata') },
    '',
  );
  if (errors.length > 0) return errors;
  return checkRules(object, before, { ...openApi, properties: rest }, '');
}

function without(list: readonly string[] | undefined, item: string): readonly string[] {
  return (list ?? []).filter((it) => it !== item);
}
