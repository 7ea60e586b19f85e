import type { Json, KubeObject } from '../../object.ts';
import { age, ageColumn, type Column, column, count, nameColumn, none, showSelector } from './column.ts';

const containersOf = (spec: Json): Json[] => spec?.containers ?? [];
const names = (spec: Json) =>
  containersOf(spec)
    .map((it) => it.name)
    .join(',');
const images = (spec: Json) =>
  containersOf(spec)
    .map((it) => it.image)
    .join(',');

/** What each kind with a pod template shows with `-o wide`. */
const wide = (spec: (object: KubeObject) => Json = (it) => it.spec.template?.spec): Column[] => [
  column('Containers', (it) => names(spec(it)), 1),
  column('Images', (it) => images(spec(it)), 1),
];
const selectorColumn = column('Selector', (it) => showSelector(it.spec.selector), 1);

/** Columns of pods and of what makes them. Source: Kubernetes' `pkg/printers`. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    nameColumn,
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', podRestarts),
    ageColumn,
    column('IP', (it) => it.status?.podIP ?? none, 1),
    column('Node', (it) => it.spec?.nodeName ?? none, 1),
    column('Nominated Node', (it) => it.status?.nominatedNodeName ?? none, 1),
    column('Readiness Gates', () => none, 1),
  ],
  'Deployment.apps': [
    nameColumn,
    column('Ready', (it) => `${it.status?.readyReplicas ?? 0}/${it.spec.replicas}`),
    count('Up-to-date', (it) => it.status?.updatedReplicas ?? 0),
    count('Available', (it) => it.status?.availableReplicas ?? 0),
    ageColumn,
    ...wide(),
    selectorColumn,
  ],
  'ReplicaSet.apps': [
    nameColumn,
    count('Desired', (it) => it.spec.replicas),
    count('Current', (it) => it.status?.replicas ?? 0),
    count('Ready', (it) => it.status?.readyReplicas ?? 0),
    ageColumn,
    ...wide(),
    selectorColumn,
  ],
  'StatefulSet.apps': [
    nameColumn,
    column('Ready', (it) => `${it.status?.readyReplicas ?? 0}/${it.spec.replicas}`),
    ageColumn,
    ...wide(),
  ],
  'DaemonSet.apps': [
    nameColumn,
    count('Desired', (it) => it.status?.desiredNumberScheduled ?? 0),
    count('Current', (it) => it.status?.currentNumberScheduled ?? 0),
    count('Ready', (it) => it.status?.numberReady ?? 0),
    count('Up-to-date', (it) => it.status?.updatedNumberScheduled ?? 0),
    count('Available', (it) => it.status?.numberAvailable ?? 0),
    column('Node Selector', (it) => showSelector({ matchLabels: it.spec.template.spec.nodeSelector ?? {} })),
    ageColumn,
    ...wide(),
    selectorColumn,
  ],
  'ControllerRevision.apps': [
    nameColumn,
    column('Controller', (it) => {
      const owner = it.metadata.ownerReferences?.find((reference) => reference.controller);
      return owner === undefined ? none : `${owner.kind.toLowerCase()}.apps/${owner.name}`;
    }),
    count('Revision', (it) => it.revision),
    ageColumn,
  ],
  'Job.batch': [
    nameColumn,
    column('Status', jobStatus),
    column(
      'Completions',
      (it) => `${it.status?.succeeded ?? 0}/${it.spec.completions ?? it.spec.parallelism}`,
    ),
    column('Duration', (it, now) => {
      if (it.status?.startTime === undefined) return '';
      const end = it.status.completionTime === undefined ? now : Date.parse(it.status.completionTime);
      return age(it.status.startTime, end);
    }),
    ageColumn,
    ...wide(),
    selectorColumn,
  ],
  'CronJob.batch': [
    nameColumn,
    column('Schedule', (it) => it.spec.schedule),
    column('Timezone', (it) => it.spec.timeZone ?? none),
    column('Suspend', (it) => (it.spec.suspend ? 'True' : 'False')),
    count('Active', (it) => (it.status?.active ?? []).length),
    column('Last Schedule', (it, now) =>
      it.status?.lastScheduleTime === undefined ? none : age(it.status.lastScheduleTime, now),
    ),
    ageColumn,
    ...wide((it) => it.spec.jobTemplate?.spec?.template?.spec),
  ],
  ReplicationController: [
    nameColumn,
    count('Desired', (it) => it.spec.replicas),
    count('Current', (it) => it.status?.replicas ?? 0),
    count('Ready', (it) => it.status?.readyReplicas ?? 0),
    ageColumn,
    ...wide(),
  ],
};

function jobStatus(job: KubeObject): string {
  const conditions: Json[] = job.status?.conditions ?? [];
  const is = (type: string) => conditions.some((it) => it.type === type && it.status === 'True');
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (is('Suspended')) return 'Suspended';
  return is('FailureTarget') ? 'FailureTarget' : is('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function isSidecar(container: Json): boolean {
  return container.restartPolicy === 'Always';
}

function podReady(pod: KubeObject): string {
  const statuses: Json[] = pod.status?.containerStatuses ?? [];
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map((it: Json) => it.name);
  const inits: Json[] = pod.status?.initContainerStatuses ?? [];
  const ready = [...statuses, ...inits.filter((it) => sidecars.includes(it.name))].filter((it) => it.ready);
  return `${ready.length}/${containersOf(pod.spec).length + sidecars.length}`;
}

function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const waitsFor = initStatus(pod);
  if (waitsFor !== undefined) return waitsFor;
  for (const { state } of pod.status?.containerStatuses ?? []) {
    if (state?.waiting?.reason) return state.waiting.reason;
    if (state?.terminated) return state.terminated.reason ?? `ExitCode:${state.terminated.exitCode}`;
  }
  return pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
}

function initStatus(pod: KubeObject): string | undefined {
  const specs: Json[] = pod.spec.initContainers ?? [];
  for (const [index, { state, name, started }] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const isDone = state?.terminated?.exitCode === 0;
    if (isDone || (isSidecar(specs.find((it) => it.name === name) ?? {}) && started)) continue;
    if (state?.terminated)
      return `Init:${state.terminated.reason ?? `ExitCode:${state.terminated.exitCode}`}`;
    const reason = state?.waiting?.reason;
    return reason && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function podRestarts(pod: KubeObject, now: number): string {
  const statuses: Json[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const restarts = statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
  const last = statuses
    .map((status) => status.lastState?.terminated?.finishedAt)
    .filter(Boolean)
    .sort()
    .at(-1);
  return last === undefined || restarts === 0 ? String(restarts) : `${restarts} (${age(last, now)} ago)`;
}
