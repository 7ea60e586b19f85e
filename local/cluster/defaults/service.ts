import type { Json } from '../object.ts';

export function defaultService(object: Json): void {
  object.spec ??= {};
  const { spec } = object;
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } };
  }
  object.status ??= { loadBalancer: {} };
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    port.targetPort ??= port.port;
  }
  if (spec.type === 'ExternalName') return;
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'ClusterIP') spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

export function defaultIngress(object: Json): void {
  object.status ??= { loadBalancer: {} };
}

export function defaultIngressClass(object: Json): void {
  if (object.spec?.parameters !== undefined) object.spec.parameters.scope ??= 'Cluster';
}

export function defaultNetworkPolicy(object: Json): void {
  object.spec ??= {};
  const { spec } = object;
  spec.podSelector ??= {};
  spec.policyTypes ??= ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
  for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
    for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
  }
}

export function defaultEndpointSlice(object: Json): void {
  for (const port of object.ports ?? []) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}
