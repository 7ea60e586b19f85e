import { apiVersionOf, type Kind } from './kinds.ts';
import type { Json, KubeObject } from './object.ts';

/**
 * A stored object in the version that a client asked for. Custom resources differ by name only (conversion strategy `None`);
 * events keep the core group's shape, see http/views.ts.
 */
export function toVersion(kind: Kind, stored: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(kind);
  if (stored.apiVersion === apiVersion || kind.group === 'events.k8s.io') return stored;
  const converted = conversions[apiVersion]?.fromStorage[kind.kind]?.(stored) ?? stored;
  return { ...converted, apiVersion };
}

/** An object of any served version as it is stored. */
export function toStorage(kind: Kind, object: KubeObject): KubeObject {
  if (kind.version === kind.storageVersion) return object;
  const converted = conversions[apiVersionOf(kind)]?.toStorage[kind.kind]?.(object) ?? object;
  const apiVersion = kind.group === '' ? kind.storageVersion : `${kind.group}/${kind.storageVersion}`;
  return { ...converted, apiVersion };
}

type Conversion = Readonly<Record<string, (object: KubeObject) => KubeObject>>;

const conversions: Readonly<Record<string, { fromStorage: Conversion; toStorage: Conversion }>> = {
  'autoscaling/v1': {
    fromStorage: {
      HorizontalPodAutoscaler: (it) => ({ ...it, spec: withPercentage(it.spec), ...statusV1(it) }),
    },
    toStorage: { HorizontalPodAutoscaler: (it) => ({ ...it, spec: withMetrics(it.spec) }) },
  },
};

function withMetrics({ targetCPUUtilizationPercentage: averageUtilization, ...spec }: Json): Json {
  if (averageUtilization === undefined) return spec;
  const target = { type: 'Utilization', averageUtilization };
  return { ...spec, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
}

function withPercentage({ metrics, behavior: _, ...spec }: Json): Json {
  const cpu = (metrics ?? []).find((it: Json) => it.resource?.name === 'cpu');
  const percentage = cpu?.resource.target.averageUtilization;
  return percentage === undefined ? spec : { ...spec, targetCPUUtilizationPercentage: percentage };
}

function statusV1({ status }: KubeObject): Json {
  if (status === undefined) return {};
  const { currentMetrics: _, conditions: __, ...rest } = status;
  return { status: { currentReplicas: 0, ...rest } };
}
