import type { Kind } from '../kinds.ts';
import type { Json, KubeObject } from '../object.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority: 0 | 1;
  readonly cell: (object: KubeObject, now: number) => Json;
}

/** A `Table` of objects as `kubectl get` prints it. */
export function tableOf(
  kind: Kind,
  objects: readonly KubeObject[],
  resourceVersion: string,
  includeObject: string | null,
): Json {
  const columns = columnsByKind[kind.kind] ?? plainColumns;
  const now = Date.now();
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: name,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      object: rowObject(object, includeObject),
    })),
  };
}

function rowObject(object: KubeObject, includeObject: string | null): Json {
  if (includeObject === 'None') return null;
  if (includeObject === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function column(name: string, cell: Column['cell'], priority: 0 | 1 = 0, type = 'string'): Column {
  return { name, type, priority, cell };
}

const none = '<none>';
const nameColumn = column('Name', (it) => it.metadata.name);
const ageColumn = column('Age', (it, now) => age(it.metadata.creationTimestamp, now));
const plainColumns = [nameColumn, ageColumn];

const containers = (spec: Json): Json[] => spec?.containers ?? [];
const names = (spec: Json) =>
  containers(spec)
    .map((it) => it.name)
    .join(',');
const images = (spec: Json) =>
  containers(spec)
    .map((it) => it.image)
    .join(',');
const selector = (labels: Json) =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',') || none;

const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    nameColumn,
    column('Ready', (it) => {
      const statuses: Json[] = it.status?.containerStatuses ?? [];
      return `${statuses.filter((status) => status.ready).length}/${containers(it.spec).length}`;
    }),
    column('Status', podStatus),
    column('Restarts', podRestarts),
    ageColumn,
    column('IP', (it) => it.status?.podIP ?? none, 1),
    column('Node', (it) => it.spec?.nodeName ?? none, 1),
    column('Nominated Node', (it) => it.status?.nominatedNodeName ?? none, 1),
    column('Readiness Gates', () => none, 1),
  ],
  Deployment: [
    nameColumn,
    column('Ready', (it) => `${it.status?.readyReplicas ?? 0}/${it.spec.replicas}`),
    column('Up-to-date', (it) => it.status?.updatedReplicas ?? 0, 0, 'integer'),
    column('Available', (it) => it.status?.availableReplicas ?? 0, 0, 'integer'),
    ageColumn,
    column('Containers', (it) => names(it.spec.template.spec), 1),
    column('Images', (it) => images(it.spec.template.spec), 1),
    column('Selector', (it) => selector(it.spec.selector?.matchLabels), 1),
  ],
  ReplicaSet: [
    nameColumn,
    column('Desired', (it) => it.spec.replicas, 0, 'integer'),
    column('Current', (it) => it.status?.replicas ?? 0, 0, 'integer'),
    column('Ready', (it) => it.status?.readyReplicas ?? 0, 0, 'integer'),
    ageColumn,
    column('Containers', (it) => names(it.spec.template?.spec), 1),
    column('Images', (it) => images(it.spec.template?.spec), 1),
    column('Selector', (it) => selector(it.spec.selector?.matchLabels), 1),
  ],
  Service: [
    nameColumn,
    column('Type', (it) => it.spec.type),
    column('Cluster-IP', (it) => it.spec.clusterIP ?? none),
    column(
      'External-IP',
      (it) => it.spec.externalName ?? (it.spec.type === 'LoadBalancer' ? '<pending>' : none),
    ),
    column('Port(s)', (it) => (it.spec.ports ?? []).map(portText).join(',') || none),
    ageColumn,
    column('Selector', (it) => selector(it.spec.selector), 1),
  ],
  ConfigMap: [
    nameColumn,
    column('Data', (it) => Object.keys({ ...it.data, ...it.binaryData }).length, 0, 'integer'),
    ageColumn,
  ],
  Secret: [
    nameColumn,
    column('Type', (it) => it.type),
    column('Data', (it) => Object.keys(it.data ?? {}).length, 0, 'integer'),
    ageColumn,
  ],
  Namespace: [nameColumn, column('Status', (it) => it.status?.phase ?? 'Active'), ageColumn],
  Node: [
    nameColumn,
    column('Status', (it) => (nodeIsReady(it) ? 'Ready' : 'NotReady')),
    column('Roles', () => none),
    ageColumn,
    column('Version', (it) => it.status?.nodeInfo?.kubeletVersion ?? ''),
    column('Internal-IP', (it) => it.status?.addresses?.[0]?.address ?? none, 1),
  ],
  ServiceAccount: [nameColumn, column('Secrets', (it) => (it.secrets ?? []).length, 0, 'integer'), ageColumn],
  Event: [
    column('Last Seen', (it, now) => age(eventTime(it), now)),
    column('Type', (it) => it.type ?? ''),
    column('Reason', (it) => it.reason ?? ''),
    column('Object', (it) => {
      const object = it.involvedObject ?? it.regarding ?? {};
      return `${String(object.kind ?? '').toLowerCase()}/${object.name ?? ''}`;
    }),
    column('Message', (it) => String(it.message ?? it.note ?? '').trim()),
    column('Source', (it) => it.source?.component ?? it.reportingComponent ?? '', 1),
    column('Count', (it) => it.count ?? 1, 1, 'integer'),
    column('Name', (it) => it.metadata.name, 1),
  ],
  Endpoints: [nameColumn, column('Endpoints', () => none), ageColumn],
  EndpointSlice: [
    nameColumn,
    column('AddressType', (it) => it.addressType),
    column('Ports', (it) => (it.ports ?? []).map((port: Json) => port.port).join(',') || '<unset>'),
    column(
      'Endpoints',
      (it) => (it.endpoints ?? []).flatMap((end: Json) => end.addresses).join(',') || '<unset>',
    ),
    ageColumn,
  ],
  Lease: [nameColumn, column('Holder', (it) => it.spec?.holderIdentity ?? ''), ageColumn],
  HorizontalPodAutoscaler: [
    nameColumn,
    column('Reference', (it) => `${it.spec.scaleTargetRef?.kind}/${it.spec.scaleTargetRef?.name}`),
    column('Targets', () => '<unknown>'),
    column('MinPods', (it) => String(it.spec.minReplicas)),
    column('MaxPods', (it) => it.spec.maxReplicas, 0, 'integer'),
    column('Replicas', (it) => it.status?.currentReplicas ?? 0, 0, 'integer'),
    ageColumn,
  ],
  PodDisruptionBudget: [
    nameColumn,
    column('Min Available', (it) => String(it.spec?.minAvailable ?? 'N/A')),
    column('Max Unavailable', (it) => String(it.spec?.maxUnavailable ?? 'N/A')),
    column('Allowed Disruptions', (it) => it.status?.disruptionsAllowed ?? 0, 0, 'integer'),
    ageColumn,
  ],
};

function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const { state } of pod.status?.containerStatuses ?? []) {
    if (state?.waiting?.reason) return state.waiting.reason;
    if (state?.terminated) return state.terminated.reason ?? `ExitCode:${state.terminated.exitCode}`;
  }
  return pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
}

function podRestarts(pod: KubeObject, now: number): string {
  const statuses: Json[] = pod.status?.containerStatuses ?? [];
  const count = statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
  const last = statuses
    .map((status) => status.lastState?.terminated?.finishedAt)
    .filter(Boolean)
    .sort()
    .at(-1);
  return last === undefined || count === 0 ? String(count) : `${count} (${age(last, now)} ago)`;
}

function portText(port: Json): string {
  const node = port.nodePort === undefined ? '' : `:${port.nodePort}`;
  return `${port.port}${node}/${port.protocol}`;
}

function nodeIsReady(node: KubeObject): boolean {
  return (node.status?.conditions ?? []).some((it: Json) => it.type === 'Ready' && it.status === 'True');
}

function eventTime(event: Json): string {
  return (
    event.lastTimestamp ??
    event.deprecatedLastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp
  );
}

/** A span of time as kubectl prints it: 5s, 3m20s, 4h, 2d3h. */
export function age(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 && hours % 24 > 0 ? `${days}d${hours % 24}h` : `${days}d`;
}
