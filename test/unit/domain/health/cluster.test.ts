import { describe, expect, it } from 'vitest';
import { appliedAt, at, condition, judge, live, type Row, saying } from './live.ts';

describe('a PersistentVolumeClaim (§8)', () => {
  const claim = (fields: object = {}) =>
    live('v1', 'PersistentVolumeClaim', {
      spec: { storageClassName: 'gp3' },
      status: { phase: 'Pending' },
      ...fields,
    });
  const storageClass = (volumeBindingMode: string) =>
    live('storage.k8s.io/v1', 'StorageClass', {
      metadata: { name: 'gp3', namespace: undefined },
      volumeBindingMode,
    });
  const mounting = (claimName: string) =>
    live('apps/v1', 'Deployment', {
      spec: { template: { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } } },
    });

  it.each<[string, object, string]>([
    ['bound', { status: { phase: 'Bound' } }, 'ready'],
    ['pending', {}, 'progressing'],
    ['without a status', { status: {} }, 'progressing'],
    ['lost', { status: { phase: 'Lost' } }, 'failed'],
  ])('%s', (_, fields, verdict) => {
    expect(judge(claim(fields)).verdict).toBe(verdict);
  });

  it('that waits for a pod is ready for now, unless a workload of the release mounts it', () => {
    const waits = storageClass('WaitForFirstConsumer');
    expect(saying(judge(claim(), 0, { objects: [waits] }))).toContain('first pod');
    expect(judge(claim(), 0, { objects: [waits, mounting('other')] }).verdict).toBe('ready');
    expect(judge(claim(), 0, { objects: [waits, mounting('it')] })).toMatchObject({
      verdict: 'progressing',
      blockedBy: 'volume provisioner',
    });
    expect(judge(claim(), 0, { objects: [storageClass('Immediate')] }).verdict).toBe('progressing');
  });
});

describe('a PersistentVolume (§8)', () => {
  it.each([
    ['Available', 'ready'],
    ['Bound', 'ready'],
    ['Pending', 'progressing'],
    ['Released', 'progressing'],
    ['Failed', 'failed'],
  ])('in phase %s is %s', (phase, verdict) => {
    expect(judge(live('v1', 'PersistentVolume', { status: { phase } })).verdict).toBe(verdict);
  });
});

describe('a HorizontalPodAutoscaler (§8)', () => {
  const able = condition('AbleToScale', 'True', 'ReadyForNewScale');
  const active = condition('ScalingActive', 'True', 'ValidMetricFound');
  const limited = condition('ScalingLimited', 'True', 'TooFewReplicas');
  const no = (type: string, reason: string) => condition(type, 'False', reason);
  const autoscaler = (...conditions: object[]) => ({ status: { conditions } });

  it.each<Row>([
    ['that scales', autoscaler(able, active, limited), 'ready'],
    ['without conditions', {}, 'progressing', 'not looked'],
    ['that has not asked for metrics', autoscaler(able), 'progressing', 'metrics'],
    ['of a workload scaled to zero', autoscaler(able, no('ScalingActive', 'ScalingDisabled')), 'ready'],
    ['without its target', autoscaler(no('AbleToScale', 'FailedGetScale')), 'failed', 'FailedGetScale'],
    [
      'that may not scale',
      autoscaler(no('AbleToScale', 'FailedUpdateScale'), active),
      'failed',
      'FailedUpdateScale',
    ],
    ['that backs off', autoscaler(no('AbleToScale', 'BackoffBoth'), active), 'progressing', 'BackoffBoth'],
    [
      'of an invalid selector',
      autoscaler(able, no('ScalingActive', 'InvalidSelector')),
      'failed',
      'InvalidSelector',
    ],
    [
      'beside another one',
      autoscaler(able, no('ScalingActive', 'AmbiguousSelector')),
      'failed',
      'AmbiguousSelector',
    ],
    [
      'that never got metrics',
      autoscaler(able, no('ScalingActive', 'FailedGetResourceMetric')),
      'ready',
      'FailedGetResourceMetric',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('autoscaling/v2', 'HorizontalPodAutoscaler', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });

  it('without metrics is progressing for three minutes, then ready with a warning', () => {
    const object = live(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      autoscaler(able, no('ScalingActive', 'FailedGetResourceMetric')),
    );
    expect(judge(object, 179)).toMatchObject({ verdict: 'progressing', recheckAt: appliedAt + 180_000 });
    expect(judge(object, 180)).toMatchObject({
      verdict: 'ready',
      warning: 'ScalingActive is False (FailedGetResourceMetric)',
    });
  });

  it('may be applied half a minute before its target', () => {
    const object = live(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      autoscaler(no('AbleToScale', 'FailedGetScale')),
    );
    expect(judge(object, 29).verdict).toBe('progressing');
    expect(judge(object, 30).verdict).toBe('failed');
  });

  const annotated = (text: string) =>
    live('autoscaling/v1', 'HorizontalPodAutoscaler', {
      metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/conditions': text } },
    });

  it.each<[string, string, string]>([
    ['that scales', JSON.stringify([able, active]), 'ready'],
    ['without its target', JSON.stringify([no('AbleToScale', 'FailedGetScale')]), 'failed'],
    ['with a list that is none', '{"a":1}', 'progressing'],
    ['with what is not JSON', 'AbleToScale', 'progressing'],
  ])('of v1 is judged by its annotation: %s', (_, text, verdict) => {
    expect(judge(annotated(text)).verdict).toBe(verdict);
  });
});

describe('a PodDisruptionBudget (§8)', () => {
  const status = {
    observedGeneration: 1,
    expectedPods: 3,
    currentHealthy: 3,
    desiredHealthy: 2,
    disruptionsAllowed: 1,
  };
  const broken = {
    ...status,
    conditions: [condition('DisruptionAllowed', 'False', 'SyncFailed', { message: 'no scale' })],
  };

  it.each<Row>([
    ['that allows a disruption', { status }, 'ready'],
    [
      'that allows none though all is well',
      { status: { ...status, disruptionsAllowed: 0 } },
      'ready',
      'blocks node drains',
    ],
    [
      'that allows none because a pod is down',
      { status: { ...status, currentHealthy: 2, disruptionsAllowed: 0 } },
      'ready',
    ],
    ['that expects no pod', { status: { ...status, expectedPods: 0 } }, 'progressing', 'matches no pod'],
    ['that cannot be computed', { status: broken }, 'failed', 'no scale'],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('policy/v1', 'PodDisruptionBudget', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
    if (says === '') expect(saying(health)).toBe('');
  });

  it.each<[string, object, number, string]>([
    ['scaled to zero', { matchLabels: { app: 'web' } }, 0, 'ready'],
    [
      'scaled to zero, selected by an expression',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
      0,
      'ready',
    ],
    ['that runs', { matchLabels: { app: 'web' } }, 1, 'progressing'],
    ['that it does not select', { matchLabels: { app: 'api' } }, 0, 'progressing'],
    [
      'that it does not select, by an expression',
      { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
      0,
      'progressing',
    ],
    ['while it selects nothing', {}, 0, 'progressing'],
  ])('expects no pod of a workload %s', (_, selector, replicas, verdict) => {
    const workload = live('apps/v1', 'Deployment', {
      spec: { replicas, template: { metadata: { labels: { app: 'web' } } } },
    });
    const object = live('policy/v1', 'PodDisruptionBudget', {
      spec: { selector },
      status: { observedGeneration: 1 },
    });
    expect(judge(object, 60, { objects: [workload] }).verdict).toBe(verdict);
  });
});

describe('a CustomResourceDefinition (§8)', () => {
  const accepted = condition('NamesAccepted', 'True', 'NoConflicts');
  const established = condition('Established', 'True', 'InitialNamesAccepted');
  const definition = (...conditions: object[]) => ({ status: { conditions } });

  it.each<Row>([
    ['established', definition(accepted, established), 'ready'],
    ['without conditions', {}, 'progressing'],
    ['installing', definition(accepted, condition('Established', 'False', 'Installing')), 'progressing'],
    [
      'whose names are taken',
      definition(condition('NamesAccepted', 'False', 'ListKindConflict'), established),
      'failed',
      'ListKindConflict',
    ],
    [
      'not established for another reason',
      definition(accepted, condition('Established', 'False', 'NotAccepted')),
      'failed',
      'NotAccepted',
    ],
    ['terminating', definition(accepted, established, condition('Terminating', 'True')), 'deleting'],
    [
      'whose schema is not structural',
      definition(accepted, established, condition('NonStructuralSchema', 'True')),
      'ready',
      'NonStructuralSchema',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('apiextensions.k8s.io/v1', 'CustomResourceDefinition', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });
});

describe('an APIService (§8)', () => {
  const service = (status: string, reason: string) =>
    live('apiregistration.k8s.io/v1', 'APIService', {
      status: { conditions: [condition('Available', status, reason)] },
    });

  it('is to be available', () => {
    expect(judge(service('True', 'Passed')).verdict).toBe('ready');
    expect(judge(live('apiregistration.k8s.io/v1', 'APIService')).verdict).toBe('progressing');
  });

  it('has 90 s to answer once its backend is there', () => {
    expect(judge(service('False', 'FailedDiscoveryCheck'), 89).verdict).toBe('progressing');
    expect(judge(service('False', 'FailedDiscoveryCheck'), 90).verdict).toBe('failed');
    expect(judge(service('False', 'MissingEndpoints'))).toMatchObject({
      verdict: 'progressing',
      blockedBy: 'service behind it',
    });
  });
});

describe('a Namespace (§8)', () => {
  it.each([
    ['Active', 'ready'],
    ['Terminating', 'failed'],
    [undefined, 'progressing'],
  ])('in phase %s is %s', (phase, verdict) => {
    expect(judge(live('v1', 'Namespace', { status: { phase } })).verdict).toBe(verdict);
  });
});

describe('what stands for nothing but itself (§8)', () => {
  it.each([
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['v1', 'ServiceAccount'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['storage.k8s.io/v1', 'StorageClass'],
    ['scheduling.k8s.io/v1', 'PriorityClass'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['extensions/v1beta1', 'NetworkPolicy'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ])('is ready once applied: %s %s', (apiVersion, kind) => {
    expect(judge(live(apiVersion, kind), 0)).toEqual({ verdict: 'ready' });
  });
});

describe('a condition given as only a time', () => {
  it('counts from the apply when it is older', () => {
    const old = condition('ScalingActive', 'False', 'FailedGetResourceMetric', {
      lastTransitionTime: at(-9999),
    });
    const able = condition('AbleToScale', 'True');
    const object = live('autoscaling/v2', 'HorizontalPodAutoscaler', { status: { conditions: [able, old] } });
    expect(judge(object, 100).verdict).toBe('progressing');
  });
});
