import type { Json } from './object.ts';

/** Fills in what Kubernetes fills in for a kind; changes `object`, which the caller owns. */
export function setDefaults(kind: string, object: Json): void {
  defaulters[kind]?.(object);
}

const defaulters: Readonly<Record<string, (object: Json) => void>> = {
  Deployment: defaultDeployment,
  ReplicaSet(object) {
    object.spec ??= {};
    object.spec.replicas ??= 1;
    object.spec.template ??= {};
    defaultPodTemplate(object.spec.template);
    object.status ??= { replicas: 0 };
  },
  Pod(object) {
    defaultPodSpec(object);
    object.spec.enableServiceLinks ??= true;
    object.spec.priority ??= 0;
    object.spec.preemptionPolicy ??= 'PreemptLowerPriority';
    object.spec.serviceAccountName ??= 'default';
    object.spec.serviceAccount ??= object.spec.serviceAccountName;
    object.spec.tolerations ??= ['not-ready', 'unreachable'].map((condition) => ({
      key: `node.kubernetes.io/${condition}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }));
    object.status ??= {};
    object.status.phase ??= 'Pending';
    object.status.qosClass ??= qualityOfService(object.spec);
  },
  Service: defaultService,
  Secret(object) {
    object.type ??= 'Opaque';
    if (object.stringData === undefined) return;
    object.data = { ...object.data };
    for (const [key, value] of Object.entries<string>(object.stringData)) {
      object.data[key] = Buffer.from(value).toString('base64');
    }
    delete object.stringData;
  },
  Namespace(object) {
    object.metadata.labels = {
      ...object.metadata.labels,
      'kubernetes.io/metadata.name': object.metadata.name,
    };
    object.spec ??= {};
    object.spec.finalizers ??= ['kubernetes'];
    object.status ??= {};
    object.status.phase ??= 'Active';
  },
  RoleBinding: defaultBinding,
  ClusterRoleBinding: defaultBinding,
  HorizontalPodAutoscaler(object) {
    object.spec ??= {};
    object.spec.minReplicas ??= 1;
    object.spec.metrics ??= [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ];
    object.status ??= { currentMetrics: null, desiredReplicas: 0 };
  },
  PodDisruptionBudget(object) {
    object.status ??= {
      disruptionsAllowed: 0,
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
    };
  },
};

function defaultDeployment(object: Json): void {
  object.spec ??= {};
  const { spec } = object;
  spec.replicas ??= 1;
  spec.template ??= {};
  defaultPodTemplate(spec.template);
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  object.status ??= {};
}

function defaultPodTemplate(template: Json): void {
  template.metadata ??= {};
  defaultPodSpec(template);
}

function defaultPodSpec(holder: Json): void {
  holder.spec ??= {};
  const { spec } = holder;
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ??= 'default-scheduler';
  if (spec.serviceAccountName !== undefined) spec.serviceAccount ??= spec.serviceAccountName;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])])
    defaultContainer(container);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
}

function defaultContainer(container: Json): void {
  container.resources ??= {};
  for (const amounts of [container.resources.limits, container.resources.requests]) {
    for (const [name, amount] of Object.entries(amounts ?? {})) amounts[name] = String(amount);
  }
  const { limits } = container.resources;
  if (limits !== undefined) container.resources.requests = { ...limits, ...container.resources.requests };
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= isLatest(String(container.image ?? '')) ? 'Always' : 'IfNotPresent';
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const variable of container.env ?? []) {
    const reference = variable.valueFrom?.fieldRef;
    if (reference !== undefined) reference.apiVersion ??= 'v1';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined) defaultProbe(probe);
  }
}

function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

function defaultProbe(probe: Json): void {
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (probe.httpGet !== undefined) {
    probe.httpGet.path ??= '/';
    probe.httpGet.scheme ??= 'HTTP';
  }
}

const fileModes = 0o644;

function defaultVolume(volume: Json): void {
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    if (volume[source] !== undefined) volume[source].defaultMode ??= fileModes;
  }
}

function qualityOfService(spec: Json): string {
  const resources = (spec.containers ?? []).map((container: Json) => container.resources ?? {});
  if (resources.every((it: Json) => it.limits === undefined && it.requests === undefined))
    return 'BestEffort';
  const guaranteed = resources.every((it: Json) =>
    ['cpu', 'memory'].every(
      (name) => it.limits?.[name] !== undefined && it.limits[name] === it.requests?.[name],
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function defaultService(object: Json): void {
  object.spec ??= {};
  const { spec } = object;
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  if (spec.type === 'ExternalName') return;
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    port.targetPort ??= port.port;
  }
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'ClusterIP') spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  object.status ??= { loadBalancer: {} };
}

function defaultBinding(object: Json): void {
  if (object.roleRef !== undefined) object.roleRef.apiGroup ??= 'rbac.authorization.k8s.io';
  for (const subject of object.subjects ?? []) {
    if (subject.kind !== 'ServiceAccount') subject.apiGroup ??= 'rbac.authorization.k8s.io';
  }
}
