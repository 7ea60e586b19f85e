import { evidenceKey } from '#domain/evidence.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { secondsToFail } from '#domain/probe.ts';
import { isReadyOnceApplied } from '#domain/watch-scope.ts';
import type { PodSpec, PodTemplate } from '#domain/workload.ts';

// A window at least this long is stretched over the first liveness kill; a shorter one is an operator's explicit wish.
const stretchedFromSeconds = 10;
const longestStretchSeconds = 60;
const marginSeconds = 2;

// What is done once it is ready: it cannot flip back, so there is nothing to hold still for.
const settled: ReadonlySet<string> = new Set([
  'batch/Job',
  'batch/CronJob',
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/** How long a healthy release must stay healthy, in seconds: the policy's, or what its probes need to speak up (E15). */
export function stabilitySeconds(objects: readonly KubernetesObject[], policySeconds: number): number {
  if (objects.every((object) => isReadyOnceApplied(object) || settled.has(evidenceKey(object)))) return 0;
  if (policySeconds < stretchedFromSeconds) return policySeconds;
  return Math.max(policySeconds, ...objects.map(secondsToSpeakUp));
}

interface WorkloadSpec extends Partial<PodSpec> {
  readonly minReadySeconds?: number;
  readonly template?: PodTemplate;
}

function secondsToSpeakUp({ kind, spec }: KubernetesObject): number {
  if (kind === 'Job') return 0;
  const { minReadySeconds = 0, template, ...pod } = (spec ?? {}) as WorkloadSpec;
  const { containers = [], initContainers = [] } = (kind === 'Pod' ? pod : template?.spec) ?? {};
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const kills = [...containers, ...sidecars]
    .flatMap(({ livenessProbe, startupProbe }) => [livenessProbe ?? [], startupProbe ?? []])
    .flat()
    .map((probe) => Math.min(secondsToFail(probe) + marginSeconds, longestStretchSeconds));
  return Math.max(minReadySeconds, ...kills);
}
