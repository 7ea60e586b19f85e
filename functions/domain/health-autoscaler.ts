import type { Health } from '#domain/health-verdict.ts';

const withoutMetrics = /^ScalingActive is False \(Failed(Get\w*Metric|ComputeMetricsReplicas)\)/;

/**
 * A HorizontalPodAutoscaler of a release (KUBERNETES.md §8): metrics lag behind new pods, and a release serves without
 * them, so that their lack is a warning from the start and holds nothing up.
 */
export function judgeAutoscaler(own: Health): Health {
  const lacks = own.verdict === 'progressing' && withoutMetrics.test(own.reason);
  return lacks ? { verdict: 'ready', warning: own.reason } : own;
}
