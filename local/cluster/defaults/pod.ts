import type { Json } from '../object.ts';

/** Fills in a pod template, where one may stand. */
export function defaultPodTemplate(template: Json): void {
  template.metadata ??= {};
  defaultPodSpec(template);
}

/** Fills in a pod: what its specification has anywhere, and what only pods themselves are given. */
export function defaultPod(object: Json): void {
  defaultPodSpec(object);
  const { spec } = object;
  spec.enableServiceLinks ??= true;
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount ??= spec.serviceAccountName;
  spec.tolerations = withDefaultTolerations(spec.tolerations ?? []);
  object.status ??= {};
  object.status.phase ??= 'Pending';
  object.status.qosClass ??= qualityOfService(spec);
}

function withDefaultTolerations(given: Json[]): Json[] {
  const conditions = ['not-ready', 'unreachable'].map((condition) => `node.kubernetes.io/${condition}`);
  const lacking = conditions.filter(
    (key) =>
      !given.some(
        (it) => (it.key === undefined || it.key === key) && (!it.effect || it.effect === 'NoExecute'),
      ),
  );
  const added = lacking.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  return [...given, ...added];
}

export function defaultPodSpec(holder: Json): void {
  holder.spec ??= {};
  const { spec } = holder;
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ??= 'default-scheduler';
  if (spec.serviceAccountName) spec.serviceAccount ??= spec.serviceAccountName;
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])])
    defaultContainer(container, spec.hostNetwork === true);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
}

function defaultContainer(container: Json, isHostNetwork: boolean): void {
  container.resources ??= {};
  defaultAmounts(container.resources);
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= isLatest(String(container.image ?? '')) ? 'Always' : 'IfNotPresent';
  for (const port of container.ports ?? []) {
    port.protocol ??= 'TCP';
    if (isHostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const variable of container.env ?? []) {
    const { fieldRef, resourceFieldRef } = variable.valueFrom ?? {};
    if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1';
    if (resourceFieldRef !== undefined) resourceFieldRef.divisor ??= '0';
  }
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  for (const probe of [livenessProbe, readinessProbe, startupProbe])
    if (probe !== undefined) defaultProbe(probe);
  for (const handler of [lifecycle?.postStart, lifecycle?.preStop]) defaultHttpGet(handler?.httpGet);
}

function defaultAmounts(resources: Json): void {
  for (const amounts of [resources.limits, resources.requests]) {
    for (const [name, amount] of Object.entries(amounts ?? {})) amounts[name] = String(amount);
  }
  const { limits } = resources;
  if (limits !== undefined) resources.requests = { ...limits, ...resources.requests };
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
  defaultHttpGet(probe.httpGet);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
}

function defaultHttpGet(action: Json): void {
  if (action === undefined) return;
  action.path ??= '/';
  action.scheme ??= 'HTTP';
}

const fileModes = 0o644;

function defaultVolume(volume: Json): void {
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    if (volume[source] !== undefined) volume[source].defaultMode ??= fileModes;
  }
  const items = [
    ...(volume.downwardAPI?.items ?? []),
    ...(volume.projected?.sources ?? []).flatMap(downward),
  ];
  for (const { fieldRef } of items) if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1';
  for (const { serviceAccountToken: token } of volume.projected?.sources ?? []) {
    if (token !== undefined) token.expirationSeconds ??= 3600;
  }
  if (volume.hostPath !== undefined) volume.hostPath.type ??= '';
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim !== undefined) claim.volumeMode ??= 'Filesystem';
}

function downward(source: Json): Json[] {
  return source.downwardAPI?.items ?? [];
}

function qualityOfService(spec: Json): string {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const resources = containers.map((container: Json) => container.resources ?? {});
  const isEmpty = (amounts: Json) => Object.keys(amounts ?? {}).length === 0;
  if (resources.every((it: Json) => isEmpty(it.limits) && isEmpty(it.requests))) return 'BestEffort';
  const isGuaranteed = resources.every((it: Json) =>
    ['cpu', 'memory'].every(
      (name) => it.limits?.[name] !== undefined && it.limits[name] === it.requests?.[name],
    ),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
