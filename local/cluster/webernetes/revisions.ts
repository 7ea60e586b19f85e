import type { Json, KubeObject } from '../object.ts';
import type { Registry } from '../registry/registry.ts';
import type { Change } from '../store.ts';

const annotation = 'deployment.kubernetes.io/revision';

/**
 * Writes a Deployment's revision beside its status. webernetes' controller counts revisions on ReplicaSets, but its status
 * endpoint drops the annotation that the controller sends along for the Deployment.
 */
export function recordRevisions(registry: Registry): () => void {
  return registry.store.subscribe((change) => {
    if (change.type === 'put' && change.key.startsWith('/registry/replicasets/'))
      queueMicrotask(() => record(registry, change));
  });
}

function record(registry: Registry, change: Change): void {
  const replicaSet: KubeObject = change.stored.value;
  const revision = replicaSet.metadata.annotations?.[annotation];
  const owner = replicaSet.metadata.ownerReferences?.find((it) => it.kind === 'Deployment');
  if (revision === undefined || owner === undefined) return;
  const key = `/registry/deployments/${replicaSet.metadata.namespace}/${owner.name}`;
  const deployment: Json = registry.store.get(key)?.value;
  if (deployment?.metadata.uid !== owner.uid) return;
  if (Number(deployment.metadata.annotations?.[annotation] ?? 0) >= Number(revision)) return;
  const annotations = { ...deployment.metadata.annotations, [annotation]: revision };
  registry.store.put(key, { ...deployment, metadata: { ...deployment.metadata, annotations } });
}
