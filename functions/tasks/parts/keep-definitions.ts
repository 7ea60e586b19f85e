import type { ReleaseContent } from '#domain/content.ts';
import { addressOf } from '#domain/kinds.ts';
import { identityOf, identityText } from '#domain/manifest.ts';
import type { DocumentReference } from '#domain/reference.ts';
import { isDefinition, versionsLost } from '#domain/rollback-rules.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';

/** A release's content, and where it is kept. */
export interface KeptContent {
  readonly reference: DocumentReference;
  readonly content: ReleaseContent;
  readonly notes: readonly string[];
}

/**
 * The content to go back to, without the CustomResourceDefinitions that would take away a version in which objects are
 * stored (KUBERNETES.md R7): those stay as the newer release made them. Stored under `key` where it differs.
 */
export async function keepDefinitions(
  cluster: Cluster,
  documents: DocumentStore,
  reference: DocumentReference,
  key: string,
): Promise<KeptContent> {
  const content = await documents.get<ReleaseContent>(reference);
  const lost = await Promise.all(
    content.objects.filter(isDefinition).map(async (definition) => ({
      text: identityText(identityOf(definition)),
      versions: versionsLost(definition, await cluster.read(addressOf(definition))),
    })),
  );
  const newer = lost.filter(({ versions }) => versions.length > 0);
  if (newer.length === 0) return { reference, content, notes: [] };
  const texts = new Set(newer.map(({ text }) => text));
  const objects = content.objects.filter((object) => !texts.has(identityText(identityOf(object))));
  const kept = { ...content, objects };
  return {
    reference: await documents.put(key, kept),
    content: kept,
    notes: newer.map(
      ({ text, versions }) =>
        `${text}: stays as it is, objects are stored in ${versions.join(', ')}, which release ${content.release} does not know`,
    ),
  };
}
