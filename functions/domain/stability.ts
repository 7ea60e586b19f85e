import type { KubernetesObject } from '#domain/manifest.ts';
import type { Deployment, Probe } from '#domain/workload.ts';

// A window at least this long is stretched over the first liveness kill; a shorter one is an operator's explicit wish.
const stretchedFromSeconds = 10;
const longestStretchSeconds = 60;

/** How long a healthy release must stay healthy, in seconds: the policy's, or what its probes need to speak up (E15). */
export function stabilitySeconds(objects: readonly KubernetesObject[], policySeconds: number): number {
  if (policySeconds < stretchedFromSeconds) return policySeconds;
  const needed = objects
    .filter(({ kind }) => kind === 'Deployment')
    .map((object) => secondsToSpeakUp(object as Deployment));
  return Math.max(policySeconds, ...needed);
}

function secondsToSpeakUp({ spec }: Deployment): number {
  const probes = (spec.template?.spec?.containers ?? []).flatMap(({ livenessProbe, startupProbe }) => [
    livenessProbe,
    startupProbe,
  ]);
  const kills = probes.filter((probe) => probe !== undefined).map(secondsToKill);
  return Math.max(
    spec.minReadySeconds ?? 0,
    ...kills.map((seconds) => Math.min(seconds, longestStretchSeconds)),
  );
}

function secondsToKill({ initialDelaySeconds = 0, failureThreshold = 3, periodSeconds = 10 }: Probe): number {
  return initialDelaySeconds + failureThreshold * periodSeconds + 2;
}
