import { canonicalJson } from '#domain/canonical-json.ts';
import { fieldChanges } from '#domain/field-changes.ts';
import type { ObjectOwner } from '#domain/intent.ts';
import { applicationAnnotation, environmentAnnotation } from '#domain/intent.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { type Redactor, redactChanges } from '#domain/redaction.ts';

// Undoing what a failed release did to objects that were there before it and that the last good release does not hold.

/** The changes of objects that `content` does not hold: its apply does not put them right. */
export function changesOutside(
  changes: readonly ObjectChange[],
  content: readonly KubernetesObject[],
): readonly ObjectChange[] {
  const held = new Set(content.map((object) => identityText(identityOf(object))));
  return changes.filter(({ identity }) => !held.has(identityText(identity)));
}

/** Whose the object says it is; undefined when it names nobody. */
export function ownerOf({ metadata }: LiveObject): ObjectOwner | undefined {
  const application = metadata.annotations?.[applicationAnnotation];
  const environment = metadata.annotations?.[environmentAnnotation];
  return application === undefined || environment === undefined ? undefined : { application, environment };
}

/** True when the object says that it is of this application in this environment. */
export function isOf(live: LiveObject, { application, environment }: ObjectOwner): boolean {
  const owner = ownerOf(live);
  return owner?.application === application && owner.environment === environment;
}

/** An apply of nothing: it takes away what our manager alone put on the object. The uid keeps it from making a new one. */
export function nothingOf({ apiVersion, kind, metadata }: LiveObject): KubernetesObject {
  const { name, namespace, uid } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
  } as KubernetesObject;
}

/** The fields that going from `live` to `restored` would take although the failed release did not change them. */
export function takenTooMuch(
  failed: ObjectChange,
  live: LiveObject,
  restored: LiveObject,
): readonly string[] {
  const changed = new Set(failed.fields.map(({ path }) => path));
  return fieldChanges(live, restored)
    .filter(({ path, from, to }) => !changed.has(path) && comparable(from) !== comparable(to))
    .map(({ path }) => path);
}

/**
 * The fields of an object that are still as the failed release made them, or went with it; what somebody else set since
 * is not among them. `redact` is the failed plan's, so that secret values compare as digests.
 */
export function residualFields(failed: ObjectChange, live: LiveObject, redact: Redactor): readonly string[] {
  const shown = redactChanges(failed.identity.kind, fieldChanges(undefined, live), redact);
  const values = new Map(shown.map(({ path, to }) => [path, comparable(to)]));
  return failed.fields
    .filter(({ path, from, to }) => {
      const now = values.get(path);
      return now !== comparable(from) && (now === undefined || now === comparable(to));
    })
    .map(({ path }) => path);
}

// A map or list that is empty and one that is absent are alike: an apply leaves either behind.
const emptyValues = new Set(['{}', '[]']);

function comparable(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = canonicalJson(value);
  return emptyValues.has(text) ? undefined : text;
}

const longestList = 20;

/** What is left of a failed release after its rollback, a line for each object; never a value. */
export function residueLines(
  lines: readonly { readonly identity: ObjectIdentity; readonly what: string }[],
): readonly string[] {
  const named = lines.map(({ identity, what }) => `${identityText(identity)}: ${what}`);
  return shortened(named, longestList);
}

/** `/data/a, /data/b`: the first few of an object's fields, because these lines travel with the promotion. */
export function fieldsText(paths: readonly string[]): string {
  return shortened(paths, mostFields).join(', ');
}

const mostFields = 5;

function shortened(texts: readonly string[], most: number): readonly string[] {
  return texts.length <= most ? texts : [...texts.slice(0, most), `and ${texts.length - most} more`];
}
