import { canonicalDigest } from '#domain/canonical-json.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';

/**
 * Notes on objects that go and come again under another name with the same content (KUBERNETES.md P6): people read one
 * rename where the plan has a deletion and a creation. `before` and `after` are the releases' objects.
 */
export function renameNotes(
  changes: readonly ObjectChange[],
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): readonly string[] {
  const created = [...withAction(changes, 'created', after)];
  return withAction(changes, 'pruned', before).flatMap((old) => {
    const digest = contentDigest(old);
    const index = created.findIndex((object) => contentDigest(object) === digest);
    const [renamed] = index < 0 ? [] : created.splice(index, 1);
    if (renamed === undefined) return [];
    return [
      `${identityText(identityOf(old))}: renamed to ${nameOf(renamed)}; the old one goes once the new one is ready`,
    ];
  });
}

function withAction(
  changes: readonly ObjectChange[],
  action: ObjectChange['action'],
  objects: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const names = new Set(
    changes.filter((change) => change.action === action).map(({ identity }) => identityText(identity)),
  );
  return objects.filter((object) => names.has(identityText(identityOf(object))));
}

function contentDigest({ apiVersion, metadata: _, status: __, ...content }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return canonicalDigest({ group, ...content });
}

function nameOf(object: KubernetesObject): string {
  const { namespace, name }: ObjectIdentity = identityOf(object);
  return namespace === undefined ? name : `${namespace}/${name}`;
}
