import { valuesAt } from '../json-path.ts';
import type { Kind, ScalePaths } from '../kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import type { Place, Registry, WriteOptions } from './registry.ts';

const builtInPaths: ScalePaths = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
};

/** The `Scale` of a workload, or of a custom resource whose definition says where its numbers are. */
export function scaleOf(kind: Kind, object: KubeObject): Json {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const paths = kind.custom?.scale ?? builtInPaths;
  const selector = selectorOf(paths, object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: valuesAt(object, paths.specReplicasPath)[0] ?? 0 },
    status: {
      replicas: valuesAt(object, paths.statusReplicasPath)[0] ?? 0,
      ...(selector === '' ? {} : { selector }),
    },
  };
}

function selectorOf(paths: ScalePaths, object: KubeObject): string {
  if (paths.labelSelectorPath !== undefined) return valuesAt(object, paths.labelSelectorPath)[0] ?? '';
  const labels = Object.entries(object.spec?.selector?.matchLabels ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  return labels.sort().join(',');
}

/** Writes replicas through the scale subresource, as autoscalers and `kubectl scale` do. */
export function writeScale(registry: Registry, place: Place, scale: Json, options: WriteOptions): Json {
  const object = registry.get(place);
  const { resourceVersion } = scale.metadata ?? {};
  const body = structuredClone(object);
  body.metadata.resourceVersion = resourceVersion ?? object.metadata.resourceVersion;
  const path = (place.kind.custom?.scale ?? builtInPaths).specReplicasPath.split('.').slice(1);
  const holder = path.slice(0, -1).reduce((value: Json, name) => {
    value[name] ??= {};
    return value[name];
  }, body);
  holder[path.at(-1) ?? ''] = scale.spec?.replicas ?? 0;
  return scaleOf(place.kind, registry.update(place, body, { ...options, subresource: 'scale' }));
}
