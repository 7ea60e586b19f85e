import { evidenceKey } from '#domain/evidence.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { secondsToFail } from '#domain/probe.ts';
import type { Container, PodTemplate } from '#domain/workload.ts';

const defaultSeconds = 600;

interface WorkloadSpec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly template?: PodTemplate;
  readonly strategy?: RollingStrategy;
  readonly updateStrategy?: RollingStrategy;
  readonly podManagementPolicy?: string;
}

interface RollingStrategy {
  readonly type?: string;
  readonly rollingUpdate?: {
    readonly maxSurge?: number | string;
    readonly maxUnavailable?: number | string;
  };
}

/**
 * How long a workload's pods may need by what they declare (KUBERNETES.md H4), in seconds: the start that the probes
 * allow them, and the seconds that they must be ready for, as often as the update takes rounds.
 */
export function neededSeconds({ spec, kind }: LiveObject): number {
  const { replicas = 1, minReadySeconds = 0, template, ...rest } = (spec ?? {}) as WorkloadSpec;
  const starts = (template?.spec?.containers ?? []).map(startSeconds);
  return (Math.max(0, ...starts) + minReadySeconds) * rounds(kind, replicas, rest);
}

function startSeconds({ startupProbe, readinessProbe }: Container): number {
  return (
    (startupProbe === undefined ? 0 : secondsToFail(startupProbe)) +
    (readinessProbe?.initialDelaySeconds ?? 0)
  );
}

function rounds(
  kind: string,
  replicas: number,
  { strategy, updateStrategy, podManagementPolicy }: WorkloadSpec,
): number {
  if (kind === 'StatefulSet' && podManagementPolicy !== 'Parallel') return replicas;
  const { maxSurge = '25%', maxUnavailable = '25%' } = (strategy ?? updateStrategy)?.rollingUpdate ?? {};
  const atOnce = share(maxSurge, replicas, Math.ceil) + share(maxUnavailable, replicas, Math.floor);
  return Math.max(1, Math.ceil(replicas / Math.max(1, atOnce)));
}

function share(value: number | string, of: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * of);
}

// A Job says itself how long it may take; a Deployment's controller does, counting from its last progress.
const ownDeadline: ReadonlySet<string> = new Set(['batch/Job', 'apps/Deployment']);
// These take their pods one after the other, and each has its time.
const oneByOne: ReadonlySet<string> = new Set(['apps/StatefulSet', 'apps/DaemonSet']);

/** Seconds after the apply by which an object must be ready (H4), capped by the release's deadline. */
export function objectDeadlineSeconds(live: LiveObject, releaseSeconds: number): number {
  const key = evidenceKey(live);
  if (ownDeadline.has(key)) return releaseSeconds;
  const pods = oneByOne.has(key) ? podCount(live) : 1;
  return Math.min(releaseSeconds, Math.max(defaultSeconds * pods, neededSeconds(live)));
}

function podCount({ spec, status }: LiveObject): number {
  const { replicas } = (spec ?? {}) as WorkloadSpec;
  const { desiredNumberScheduled } = (status ?? {}) as { readonly desiredNumberScheduled?: number };
  return Math.max(1, replicas ?? desiredNumberScheduled ?? 1);
}
