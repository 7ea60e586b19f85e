import { describe, expect, it } from 'vitest';
import { at, condition, judge, live, type Row, saying } from './live.ts';

const available = condition('Available', 'True', 'MinimumReplicasAvailable');
const complete = condition('Progressing', 'True', 'NewReplicaSetAvailable');
const updating = condition('Progressing', 'True', 'ReplicaSetUpdated');
const allThree = {
  observedGeneration: 1,
  replicas: 3,
  updatedReplicas: 3,
  readyReplicas: 3,
  availableReplicas: 3,
};

function deployment(status: object, spec: object = {}): object {
  return { spec: { replicas: 3, progressDeadlineSeconds: 600, ...spec }, status };
}

const rolledOut = { ...allThree, conditions: [available, complete] };
const refused = (message: string, seconds = 0) => ({
  ...allThree,
  replicas: 0,
  updatedReplicas: 0,
  conditions: [
    condition('ReplicaFailure', 'True', 'FailedCreate', { message, lastTransitionTime: at(seconds) }),
  ],
});

describe('a Deployment (§8)', () => {
  it.each<Row>([
    ['rolled out', deployment(rolledOut), 'ready'],
    ['without a status', { spec: { replicas: 3 } }, 'progressing', 'not yet observed'],
    [
      'of an earlier generation',
      deployment({ ...rolledOut, observedGeneration: 0 }),
      'progressing',
      'generation 0 of 1',
    ],
    [
      'with new pods missing',
      deployment({ ...rolledOut, updatedReplicas: 2 }),
      'progressing',
      '2 of 3 new pods',
    ],
    [
      'with an old pod left',
      deployment({ ...rolledOut, replicas: 4 }),
      'progressing',
      '1 old pods still to end',
    ],
    [
      'with a pod not ready',
      deployment({ ...rolledOut, readyReplicas: 2 }),
      'progressing',
      '2 of 3 pods ready',
    ],
    [
      'with a pod not available',
      deployment({ ...rolledOut, availableReplicas: 2 }),
      'progressing',
      '2 of 3 pods available',
    ],
    [
      'not declared available',
      deployment({ ...allThree, conditions: [complete] }),
      'progressing',
      'not available',
    ],
    [
      'declared not available',
      deployment({ ...allThree, conditions: [condition('Available', 'False'), complete] }),
      'progressing',
      'not available',
    ],
    [
      'that its controller still updates',
      deployment({ ...allThree, conditions: [available, updating] }),
      'progressing',
      'has not finished',
    ],
    [
      'that has no deadline, still updated',
      deployment({ ...allThree, conditions: [available] }, { progressDeadlineSeconds: 2147483647 }),
      'ready',
    ],
    [
      'with no deadline set, still updated',
      { spec: { replicas: 3 }, status: { ...allThree, conditions: [available] } },
      'ready',
    ],
    [
      'of one replica by default',
      {
        status: {
          observedGeneration: 1,
          replicas: 1,
          updatedReplicas: 1,
          readyReplicas: 1,
          availableReplicas: 1,
          conditions: [available],
        },
      },
      'ready',
    ],
    ['scaled to zero', deployment({ observedGeneration: 1 }, { replicas: 0 }), 'ready'],
    [
      'scaled to zero, a pod left',
      deployment({ observedGeneration: 1, replicas: 1 }, { replicas: 0 }),
      'progressing',
      '1 pods still to end',
    ],
    ['paused', deployment(rolledOut, { paused: true }), 'suspended', 'spec.paused'],
    [
      'whose pods are refused',
      deployment(refused('violates PodSecurity "restricted:latest"')),
      'failed',
      'E6 violates PodSecurity',
    ],
    [
      'that exceeded its deadline',
      deployment({
        ...allThree,
        readyReplicas: 1,
        conditions: [
          condition('Progressing', 'False', 'ProgressDeadlineExceeded', { lastUpdateTime: at(600) }),
        ],
      }),
      'failed',
      'deadline of 600 s: 1 of 3 pods ready',
    ],
    [
      'that another rollout left beyond its deadline',
      deployment({
        ...allThree,
        readyReplicas: 1,
        conditions: [
          condition('Progressing', 'False', 'ProgressDeadlineExceeded', {
            lastUpdateTime: at(-60),
            lastTransitionTime: at(-60),
          }),
        ],
      }),
      'progressing',
      '1 of 3 pods ready',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('apps/v1', 'Deployment', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });

  it('of the retired group is judged the same', () => {
    expect(judge(live('extensions/v1beta1', 'Deployment', deployment(rolledOut))).verdict).toBe('ready');
    expect(judge(live('extensions/v1beta1', 'Deployment', {})).verdict).toBe('progressing');
  });

  it.each<[string, string, number, number]>([
    ['by a quota', 'exceeded quota: q, requested: pods=1', 59, 61],
    ['by a policy', 'admission webhook "policy" denied the request', 4, 6],
  ])('whose pods are refused %s fails after its time', (_, message, before, after) => {
    const object = live('apps/v1', 'Deployment', deployment(refused(message)));
    expect(judge(object, before)).toMatchObject({
      verdict: 'progressing',
      cause: { rule: 'E6', detail: message },
    });
    expect(judge(object, after)).toMatchObject({ verdict: 'failed', cause: { rule: 'E6', detail: message } });
  });

  it('waits for a service account that the release brings', () => {
    const object = live('apps/v1', 'Deployment', deployment(refused('serviceaccount "runner" not found')));
    const objects = [live('v1', 'ServiceAccount', { metadata: { name: 'runner' } })];
    expect(judge(object, 3600, { objects }).verdict).toBe('progressing');
    expect(judge(object, 3600).verdict).toBe('failed');
  });
});

describe('a ReplicaSet and a ReplicationController (§8)', () => {
  const status = {
    observedGeneration: 1,
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
  };
  const refusal = [condition('ReplicaFailure', 'True', 'FailedCreate', { message: 'forbidden' })];

  it.each<Row>([
    ['with all its pods', { spec: { replicas: 2 }, status }, 'ready'],
    ['without a status', { spec: { replicas: 2 } }, 'progressing', '0 of 2 pods labelled'],
    [
      'with a pod not ready',
      { spec: { replicas: 2 }, status: { ...status, readyReplicas: 1 } },
      'progressing',
      '1 of 2 pods ready',
    ],
    [
      'with a pod not available',
      { spec: { replicas: 2 }, status: { ...status, availableReplicas: 0 } },
      'progressing',
      '0 of 2 pods available',
    ],
    ['with a pod too many', { spec: { replicas: 1 }, status }, 'progressing', '1 pods still to end'],
    [
      'whose pods are refused',
      { spec: { replicas: 2 }, status: { ...status, conditions: refusal } },
      'failed',
      'forbidden',
    ],
    ['scaled to zero', { spec: { replicas: 0 }, status: { observedGeneration: 1, replicas: 0 } }, 'ready'],
  ])('%s', (_, fields, verdict, says = '') => {
    for (const object of [
      live('apps/v1', 'ReplicaSet', fields),
      live('v1', 'ReplicationController', fields),
    ]) {
      expect(judge(object).verdict).toBe(verdict);
      expect(saying(judge(object))).toContain(says);
    }
  });
});

describe('a StatefulSet (§8)', () => {
  const status = {
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
    currentRevision: 'db-1',
    updateRevision: 'db-1',
  };
  const half = { ...status, currentReplicas: 2, updatedReplicas: 1, updateRevision: 'db-2' };
  const partition = (count: number) => ({ updateStrategy: { rollingUpdate: { partition: count } } });
  const onDelete = { updateStrategy: { type: 'OnDelete' } };

  it.each<Row>([
    ['with all its pods', { spec: { replicas: 3 }, status }, 'ready'],
    ['without a status', { spec: { replicas: 3 } }, 'progressing', 'not yet observed'],
    [
      'of an earlier generation',
      { spec: { replicas: 3 }, status: { ...status, observedGeneration: 0 } },
      'progressing',
      'generation',
    ],
    [
      'with a pod not ready',
      { spec: { replicas: 3 }, status: { ...status, readyReplicas: 2 } },
      'progressing',
      '2 of 3 pods ready',
    ],
    [
      'with a pod not available',
      { spec: { replicas: 3, minReadySeconds: 5 }, status: { ...status, availableReplicas: 1 } },
      'progressing',
      '1 of 3 pods available',
    ],
    [
      'of a server that counts no available pods',
      { spec: { replicas: 3 }, status: { ...status, availableReplicas: 0 } },
      'ready',
    ],
    ['with a pod too many', { spec: { replicas: 2 }, status }, 'progressing', '1 pods still to end'],
    ['in mid-update', { spec: { replicas: 3 }, status: half }, 'progressing', '1 of 3 pods on revision db-2'],
    [
      'updated, its revision not yet taken over',
      { spec: { replicas: 3 }, status: { ...status, updateRevision: 'db-2' } },
      'progressing',
      'db-1',
    ],
    [
      'updated down to its partition',
      { spec: { replicas: 3, ...partition(2) }, status: half },
      'ready',
      '2 pods still on revision db-1',
    ],
    [
      'not yet updated down to its partition',
      { spec: { replicas: 3, ...partition(1) }, status: half },
      'progressing',
      '1 of 2',
    ],
    [
      'with a partition above its replicas',
      { spec: { replicas: 3, ...partition(5) }, status: { ...half, updatedReplicas: 0 } },
      'ready',
      '3 pods still',
    ],
    [
      'updated on delete, its pods ready',
      { spec: { replicas: 3, ...onDelete }, status: half },
      'ready',
      '2 pods still on revision db-1',
    ],
    [
      'updated on delete, a pod not ready',
      { spec: { replicas: 3, ...onDelete }, status: { ...half, readyReplicas: 2 } },
      'progressing',
      '2 of 3 pods ready',
    ],
    ['scaled to zero', { spec: { replicas: 0 }, status: { observedGeneration: 1, replicas: 0 } }, 'ready'],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('apps/v1', 'StatefulSet', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });
});

describe('a DaemonSet (§8)', () => {
  const status = {
    observedGeneration: 1,
    desiredNumberScheduled: 4,
    currentNumberScheduled: 4,
    updatedNumberScheduled: 4,
    numberReady: 4,
    numberAvailable: 4,
    numberMisscheduled: 2,
  };
  const onDelete = { spec: { updateStrategy: { type: 'OnDelete' } } };

  it.each<Row>([
    ['on all its nodes', { status }, 'ready'],
    ['without a status', {}, 'progressing', 'not yet observed'],
    ['whose nodes are not counted', { status: { observedGeneration: 1 } }, 'progressing', 'not counted'],
    [
      'with a node to go',
      { status: { ...status, currentNumberScheduled: 3 } },
      'progressing',
      '3 of 4 nodes',
    ],
    [
      'with an old pod',
      { status: { ...status, updatedNumberScheduled: 3 } },
      'progressing',
      '3 of 4 new pods',
    ],
    ['with a pod not ready', { status: { ...status, numberReady: 3 } }, 'progressing', '3 of 4 pods ready'],
    [
      'with a pod not available',
      { status: { ...status, numberAvailable: 3 } },
      'progressing',
      '3 of 4 pods available',
    ],
    [
      'whose ready pods are not available yet',
      { status: { ...status, numberAvailable: undefined, numberUnavailable: 4 } },
      'progressing',
      '0 of 4',
    ],
    [
      'that only tells of unavailable pods',
      {
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: 4,
          updatedNumberScheduled: 4,
          numberUnavailable: 0,
        },
      },
      'ready',
    ],
    [
      'updated on delete',
      { ...onDelete, status: { ...status, updatedNumberScheduled: 1 } },
      'ready',
      '3 pods still',
    ],
    [
      'updated on delete, a pod not ready',
      { ...onDelete, status: { ...status, updatedNumberScheduled: 1, numberReady: 3 } },
      'progressing',
      '3 of 4 pods ready',
    ],
    [
      'that no node matches',
      {
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: 0,
          currentNumberScheduled: 0,
          numberReady: 0,
        },
      },
      'ready',
      'runs nowhere',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('apps/v1', 'DaemonSet', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });
});

describe('a Job (§8, E13)', () => {
  const running = { startTime: at(0), active: 1 };
  const failed = (type: string, status = 'True') => [
    condition(type, status, 'BackoffLimitExceeded', { message: 'too many' }),
  ];

  it.each<Row>([
    ['without a status', {}, 'progressing', 'not started'],
    ['running', { status: running }, 'progressing', '0 of 1 completions'],
    [
      'running on after a failed pod',
      { spec: { completions: 3 }, status: { ...running, succeeded: 1, failed: 2 } },
      'progressing',
      '1 of 3 completions, 2 pods failed',
    ],
    ['complete', { status: { succeeded: 1, conditions: [condition('Complete', 'True')] } }, 'ready'],
    [
      'succeeded, its pods still ending',
      { status: { ...running, conditions: [condition('SuccessCriteriaMet', 'True')] } },
      'progressing',
      'ending',
    ],
    ['failed', { status: { conditions: failed('Failed') } }, 'failed', 'BackoffLimitExceeded'],
    ['about to fail', { status: { ...running, conditions: failed('FailureTarget') } }, 'failed', 'too many'],
    [
      'whose condition Failed is not true',
      { status: { ...running, conditions: failed('Failed', 'False') } },
      'progressing',
    ],
    ['suspended', { spec: { suspend: true } }, 'suspended', 'spec.suspend'],
    [
      'suspended by its controller',
      { status: { conditions: [condition('Suspended', 'True')] } },
      'suspended',
    ],
    [
      'resumed',
      { spec: { suspend: false }, status: { ...running, conditions: [condition('Suspended', 'False')] } },
      'progressing',
    ],
    [
      'failed though suspended',
      { spec: { suspend: true }, status: { conditions: failed('Failed') } },
      'failed',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('batch/v1', 'Job', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });
});

describe('a CronJob (§8)', () => {
  it.each<Row>([
    ['accepted', { spec: { schedule: '0 * * * *' } }, 'ready'],
    ['suspended', { spec: { suspend: true } }, 'suspended'],
    [
      'whose last run succeeded',
      { status: { lastScheduleTime: at(0), lastSuccessfulTime: at(5) } },
      'ready',
      '',
    ],
    [
      'whose last run failed',
      { status: { lastScheduleTime: at(9), lastSuccessfulTime: at(5) } },
      'ready',
      'last run has not succeeded',
    ],
    [
      'whose run is under way',
      { status: { lastScheduleTime: at(9), active: [{ name: 'it-1' }] } },
      'ready',
      '',
    ],
  ])('%s', (_, fields, verdict, says) => {
    const health = judge(live('batch/v1', 'CronJob', fields));
    expect(health.verdict).toBe(verdict);
    if (says !== undefined) expect(saying(health)).toBe(says === '' ? '' : 'its last run has not succeeded');
  });
});
