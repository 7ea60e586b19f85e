import type { Json, KubeObject } from '../object.ts';
import type { Place, Registry, WriteOptions } from './registry.ts';

/** The `Scale` of a workload. */
export function scaleOf(object: KubeObject): Json {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const labels = Object.entries(object.spec.selector?.matchLabels ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: object.spec.replicas },
    status: { replicas: object.status?.replicas ?? 0, selector: labels.sort().join(',') },
  };
}

/** Writes replicas through the scale subresource, as autoscalers and `kubectl scale` do. */
export function writeScale(registry: Registry, place: Place, scale: Json, options: WriteOptions): Json {
  const object = registry.get(place);
  const { resourceVersion } = scale.metadata ?? {};
  const body = {
    ...object,
    metadata: { ...object.metadata, resourceVersion: resourceVersion ?? object.metadata.resourceVersion },
    spec: { ...object.spec, replicas: scale.spec?.replicas ?? 0 },
  };
  return scaleOf(registry.update(place, body, { ...options, subresource: 'scale' }));
}
