import type { Condition, LiveObject } from '#domain/live-object.ts';

// What a namespace says that does not go: of its content, and of who must let go of it.
const telling = new Set([
  'NamespaceContentRemaining',
  'NamespaceFinalizersRemaining',
  'NamespaceDeletionContentFailure',
  'NamespaceDeletionDiscoveryFailure',
]);

/** What holds an object that is being deleted (KUBERNETES.md P8): its finalizers, a namespace's conditions; perhaps nothing. */
export function holdingBack({ kind, metadata, status }: LiveObject): readonly string[] {
  const finalizers = metadata.finalizers ?? [];
  const conditions =
    kind === 'Namespace'
      ? ((status as { conditions?: readonly Condition[] } | undefined)?.conditions ?? [])
      : [];
  const said = conditions
    .filter((condition) => telling.has(condition.type) && condition.status === 'True')
    .map(({ message = '' }) => message);
  return [...(finalizers.length === 0 ? [] : [`finalizers ${finalizers.join(', ')}`]), ...said];
}
