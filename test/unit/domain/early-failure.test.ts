import { describe, expect, it } from 'vitest';
import type { RolloutEvidence } from '#domain/evidence.ts';
import { judgeHealth } from '#domain/health.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Remedy } from '#domain/remedy.ts';
import {
  after,
  appliedAt,
  at,
  declared,
  deployment,
  event,
  namespace,
  pod,
  replicaSet,
  shown,
  waits,
} from './workload-evidence.ts';

const web = deployment();

function judge(
  evidence: RolloutEvidence,
  seconds: number,
  {
    objects = [],
    of = web,
    remedied = [],
  }: {
    objects?: readonly KubernetesObject[];
    of?: LiveObject;
    remedied?: readonly Remedy[];
  } = {},
): Health {
  const context = { now: after(seconds), appliedAt, objects: [declared(of), ...objects], remedied };
  return judgeHealth(declared(of), evidence, context);
}

const creating = waits('ContainerCreating');
const a = pod('a', [creating]);
const b = pod('b', [creating]);
const secret = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
});
const external = (target: string): KubernetesObject => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'db', namespace },
  spec: { target: { name: target } },
});
const unscheduled = (message: string) =>
  pod('a', [], {
    status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] },
  });
const noCpu = unscheduled('0/2 nodes are available: 2 Insufficient cpu.');
const notFound = 'MountVolume.SetUp failed for volume "v" : secret "missing" not found';

// Each: the rule, the case, what is seen, the last second at which it is still waited for, the first at which it is failed.
type Row = readonly [
  string,
  string,
  RolloutEvidence,
  number | undefined,
  number | undefined,
  (readonly KubernetesObject[])?,
];

const rows: readonly Row[] = [
  ['E1a', 'refused once, in one of one pods, and no event tells of a second time', shown([pod('a', [waits('ErrImagePull', 'manifest unknown')])]), 29, 30],
  ['E1a', 'a registry that answers 503', shown([pod('a', [waits('ErrImagePull', 'unexpected status from HEAD request: 503 Service Unavailable')])]), 179, 180],
  ['E1a', 'a registry that limits the rate', shown([pod('a', [waits('ErrImagePull', 'toomanyrequests: Rate exceeded')])]), 179, 180],
  ['E1b', 'an image whose name is none', shown([pod('a', [waits('InvalidImageName')])]), undefined, 0],
  ['E3', 'a command that is not in the image', shown([pod('a', [waits('CreateContainerError', 'exec: "x": executable file not found in $PATH')])]), undefined, 0],
  ['E3', 'a runtime that is slow', shown([pod('a', [waits('CreateContainerError', 'context deadline exceeded')])]), 119, 120],
  ['E3', 'a subnet without addresses', shown([a], [event(a, 'FailedCreatePodSandBox', 'plugin type="aws-cni": failed to assign an IP address to container')]), 119, 120],
  ['E4', 'a Secret that nobody brings', shown([pod('a', [waits('CreateContainerConfigError', 'secret "missing" not found')])]), 9, 10],
  ['E4', 'a key that its ConfigMap lacks', shown([pod('a', [waits('CreateContainerConfigError', `couldn't find key nokey in ConfigMap ${namespace}/web`)])]), 9, 10, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace } }]],
  ['E4', 'a Secret that the release brings', shown([pod('a', [waits('CreateContainerConfigError', 'secret "missing" not found')])]), 599, undefined, [secret('missing')]],
  ['E4', 'a Secret that an ExternalSecret of the release makes', shown([pod('a', [waits('CreateContainerConfigError', 'secret "missing" not found')])]), 599, undefined, [external('missing')]],
  ['E4', 'a kubelet whose cache is late', shown([pod('a', [waits('CreateContainerConfigError', 'failed to sync secret cache: timed out waiting for the condition')])]), 599, undefined],
  ['E5', 'a volume of a Secret that nobody brings', shown([a], [event(a, 'FailedMount', notFound)]), 9, 10],
  ['E5', 'the same, told by a later event that names nothing', shown([a], [event(a, 'FailedMount', notFound), event(a, 'FailedMount', 'Unable to attach or mount volumes: timed out waiting for the condition', { seconds: 8 })]), 9, 10],
  ['E5', 'a volume that is attached elsewhere', shown([a], [event(a, 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"')]), 359, 360],
  ['E5', 'a volume that cannot be mounted for another reason', shown([a], [event(a, 'FailedMount', 'mount failed: exit status 32')]), 599, undefined],
  ['E7', 'nodes that are full', shown([noCpu]), 599, undefined],
  ['E7', 'a claim that nobody brings', shown([unscheduled('0/2 nodes are available: persistentvolumeclaim "data" not found.')]), 29, 30],
  ['E8', 'an autoscaler that brings a node', shown([noCpu], [event(noCpu, 'TriggeredScaleUp', 'pod triggered scale-up: [{asg 1->2 (max: 3)}]', { seconds: 20 })]), 619, 620],
  ['E8', 'an autoscaler at its limit', shown([noCpu], [event(noCpu, 'NotTriggerScaleUp', "pod didn't trigger scale-up: 1 max node group size reached", { seconds: 10 })]), 60, 61],
  ['E8', 'Karpenter, which has no fitting NodePool', shown([noCpu], [event(noCpu, 'FailedScheduling', 'Failed to schedule pod, incompatible with nodepool "default"', { seconds: 10 })]), 60, 61],
  ['E8', 'a node that may not be launched', shown([noCpu], [event(noCpu, 'Nominated', 'Pod should schedule on: nodeclaim/default-x', { seconds: 5 })], { 'karpenter.sh/NodeClaim': [{ apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', metadata: { name: 'default-x' }, status: { conditions: [{ type: 'Launched', status: 'False', reason: 'UnauthorizedOperation' }] } }] }), undefined, 5],
  ['E8', 'a node that there is no capacity for just now', shown([noCpu], [event(noCpu, 'Nominated', 'Pod should schedule on: nodeclaim/default-x', { seconds: 5 })], { 'karpenter.sh/NodeClaim': [{ apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', metadata: { name: 'default-x' }, status: { conditions: [{ type: 'Launched', status: 'False', reason: 'InsufficientCapacity' }] } }] }), 604, 605],
]; // biome-ignore format: a table

describe('a pod that does not start', () => {
  for (const [rule, text, evidence, waitsUntil, failsAt, objects = []] of rows)
    it(`${rule}: ${text}`, () => {
      if (waitsUntil !== undefined)
        expect(judge(evidence, waitsUntil, { objects })).toMatchObject({
          verdict: 'progressing',
          cause: { rule },
        });
      if (failsAt !== undefined)
        expect(judge(evidence, failsAt, { objects })).toMatchObject({ verdict: 'failed', cause: { rule } });
    });

  it('is no longer judged by what kept it, once a container of it runs (E5)', () => {
    const running = pod('a', [{ state: { running: { startedAt: at(12) } } }]);
    const health = judge(shown([running], [event(running, 'FailedMount', notFound)]), 60);
    expect(health).toMatchObject({ verdict: 'progressing' });
    expect(health).not.toHaveProperty('cause');
  });

  it('is not ended by its own progress deadline while an autoscaler is at work (E8)', () => {
    const [scaling] = rows.filter(([, text]) => text === 'an autoscaler that brings a node');
    const gaveUp = {
      ...web,
      spec: { ...(web.spec as object), replicas: 1, progressDeadlineSeconds: 60 },
      status: { ...(web.status as object), conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime: at(61) }] },
    }; // biome-ignore format: one object
    const evidence = { ...scaling?.[2], 'apps/Deployment': [gaveUp] };
    expect(judge(evidence, 61)).toMatchObject({ verdict: 'progressing', patientUntil: after(620) });
    expect(judge({ ...shown([noCpu]), 'apps/Deployment': [gaveUp] }, 61)).toMatchObject({
      verdict: 'failed',
      atDeadline: true,
      cause: { rule: 'E7', blockedBy: 'scheduler' },
    });
  });
});

const ended = (seconds: number, exitCode: number, reason = 'Error') => ({
  terminated: {
    exitCode,
    reason,
    startedAt: at(seconds - 1),
    finishedAt: at(seconds),
    containerID: `run-${seconds}`,
  },
});
const twice = (exitCode: number, reason?: string) => ({
  restartCount: 1,
  state: ended(4, exitCode, reason),
  lastState: ended(2, exitCode, reason),
});

describe('a container that ends', () => {
  it('is waited for when it ended once, and failed when it ended twice (E2)', () => {
    const once = shown([pod('a', [{ restartCount: 1, state: { running: {} }, lastState: ended(2, 3) }])]);
    expect(judge(once, 3)).toMatchObject({ verdict: 'progressing', cause: { rule: 'E2', termination: { exitCode: 3, ranSeconds: 1, restarts: 1 } } });
    expect(judge(shown([pod('a', [twice(3)])]), 5)).toMatchObject({ verdict: 'failed', cause: { rule: 'E2' } });
  }); // biome-ignore format: two looks

  it.each([
    ['E2', 3, 'Error', "container 'main' crashed (exit code 3)"],
    ['E2', 139, 'Error', "container 'main' crashed (exit code 139, SIGSEGV)"],
    ['E2b', 0, 'Completed', "container 'main' exited with code 0, but is meant to keep running"],
    ['E2c', 137, 'OOMKilled', "container 'main' ran out of memory (OOMKilled, limit 64Mi, request 32Mi)"],
  ])('%s: exit code %i, %s', (rule, exitCode, reason, summary) => {
    const resources = { limits: { memory: '64Mi' }, requests: { memory: '32Mi' } };
    const spec = { containers: [{ name: 'main', resources }] };
    const health = judge(shown([pod('a', [twice(exitCode, reason)], { spec })]), 5);
    expect(health).toMatchObject({ verdict: 'failed', cause: { rule, summary } });
  });

  it('was killed by its probe when the kubelet says so, whatever its exit code (E10)', () => {
    const livenessProbe = {
      httpGet: { path: '/healthz', port: 8080 },
      initialDelaySeconds: 2,
      periodSeconds: 1,
    };
    const spec = { containers: [{ name: 'main', livenessProbe }] };
    const killed = pod('a', [{ restartCount: 1, state: { running: {} }, lastState: ended(6, 0) }], { spec });
    const events = [
      event(killed, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
      event(killed, 'Killing', 'Container main failed liveness probe, will be restarted', {
        count: 2,
        seconds: 12,
      }),
    ];
    expect(judge(shown([killed], events), 12)).toMatchObject({
      verdict: 'failed',
      cause: {
        rule: 'E10',
        summary: "container 'main' was killed by its liveness probe HTTP GET :8080/healthz (exit code 0)",
        detail: expect.stringContaining(
          'it had run 1 s, and the probe gives it 2 s before the first of 3 tries, 1 s apart',
        ),
      },
    });
  });

  it('has not been killed by a probe that fails because it crashes (E2)', () => {
    const crashed = pod('a', [twice(3)]);
    const events = [event(crashed, 'Unhealthy', 'Liveness probe failed: connection refused')];
    expect(judge(shown([crashed], events), 5)).toMatchObject({ cause: { rule: 'E2' } });
  });

  it.each([
    ['init container', undefined, "init container 'migrate' (2 of 2) failed (exit code 1)"],
    ['sidecar', 'Always', "sidecar 'migrate' (2 of 2) failed (exit code 1)"],
  ])('names the %s and its place (E11)', (_, restartPolicy, summary) => {
    const migrate = { name: 'migrate', ...(restartPolicy === undefined ? {} : { restartPolicy }) };
    const spec = { initContainers: [{ name: 'prepare' }, migrate] };
    const status = { initContainerStatuses: [{ name: 'migrate', ...twice(1) }] };
    const health = judge(shown([pod('a', [waits('PodInitializing')], { spec, status })]), 5);
    expect(health).toMatchObject({ verdict: 'failed', cause: { rule: 'E11', summary } });
  });

  it('is not its own end but its pod’s, where that is being deleted (E0)', () => {
    const going = pod('a', [twice(137)], { metadata: { deletionTimestamp: at(3) } });
    expect(judge(shown([going]), 5)).not.toHaveProperty('cause');
  });
});

describe('pods that are evicted (E12)', () => {
  const evicted = (name: string, message: string) =>
    pod(name, [], { status: { phase: 'Failed', reason: 'Evicted', message } });
  const own = 'Pod ephemeral local storage usage exceeds the total limit of containers 10Mi.';
  const names = ['a', 'b', 'c'];

  it('do not count when their node was short', () => {
    const pods = names.map((name) => evicted(name, 'The node was low on resource: memory.'));
    expect(judge(shown(pods), 60)).not.toHaveProperty('cause');
  });

  it.each([
    [2, 'progressing'],
    [3, 'failed'],
  ])('%i times for limits of their own: %s', (count, verdict) => {
    const pods = names.slice(0, count).map((name) => evicted(name, own));
    expect(judge(shown(pods), 60)).toMatchObject({ verdict, cause: { rule: 'E12', detail: own } });
  });
});

describe('one bad pod of many (E16)', () => {
  const ready = (name: string, nodeName: string) =>
    pod(name, [{ ready: true, state: { running: {} } }], {
      spec: { nodeName },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    });
  const bad = pod('bad', [twice(3)], { spec: { nodeName: 'node-3' } });
  const others = [ready('a', 'node-1'), ready('b', 'node-2')];
  const remedy = { kind: 'node-suspect', pod: { namespace, name: 'bad', uid: 'uid-bad' } };

  it('is deleted first, because its node may be at fault', () => {
    expect(judge(shown([...others, bad]), 5)).toMatchObject({ verdict: 'progressing', remedies: [remedy] });
  });

  it('counts once that was tried', () => {
    const tried = {
      ...remedy,
      object: { group: 'apps', kind: 'Deployment', namespace, name: 'web' },
      reason: '',
    };
    expect(judge(shown([...others, bad]), 5, { remedied: [tried as Remedy] })).toMatchObject({
      verdict: 'failed',
    });
  });

  it.each([
    ['there are too few others', [ready('a', 'node-1'), bad]],
    ['a good one is on its node', [...others, ready('c', 'node-3'), bad]],
    ['two are bad', [...others, bad, pod('worse', [twice(3)], { spec: { nodeName: 'node-4' } })]],
  ])('counts at once when %s', (_, pods) => {
    expect(judge(shown(pods), 5)).toMatchObject({ verdict: 'failed', cause: { rule: 'E2' } });
  });
});

describe('pods that are refused (E6)', () => {
  const statefulSet: LiveObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace, uid: 'uid-db', generation: 1 },
    spec: { replicas: 1, template: { spec: { containers: [] } } },
    status: { observedGeneration: 1, replicas: 0, updateRevision: 'db-1' },
  };
  const refusal = (message: string, count: number, seconds = 1) =>
    judge(
      {
        'apps/StatefulSet': [statefulSet],
        '/Pod': [],
        '/Event': [event(statefulSet, 'FailedCreate', message, { count, seconds })],
      },
      seconds,
      { of: statefulSet },
    );
  const prefix = 'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: ';

  it.each([
    ['violates PodSecurity "restricted:latest": allowPrivilegeEscalation', "its pods are refused by pod security 'restricted:latest'"],
    ['error looking up service account shop/db: serviceaccount "db" not found', "its pods are refused: ServiceAccount 'db' does not exist"],
    ['maximum cpu usage per Container is 1, but limit is 2', 'its pods are refused by a LimitRange'],
  ])('is told by events alone where there is no condition: %s', (message, summary) => {
    expect(refusal(prefix + message, 1)).toMatchObject({ verdict: 'progressing' });
    expect(refusal(prefix + message, 2)).toMatchObject({
      verdict: 'failed',
      cause: { rule: 'E6', summary, detail: message },
    });
  }); // biome-ignore format: a table

  it('waits for a webhook that does not answer, as the client does', () => {
    const down = 'Internal error occurred: failed calling webhook "policy": connection refused';
    expect(refusal(prefix + down, 12, 100)).toMatchObject({ verdict: 'progressing' });
    expect(refusal(prefix + down, 30, 250)).toMatchObject({ verdict: 'failed', cause: { rule: 'E6' } });
  });

  it('is over once a newer pod of the set is there', () => {
    const created = pod('db-0', [creating], {
      ownedBy: statefulSet,
      metadata: { creationTimestamp: at(5), labels: { 'controller-revision-hash': 'db-1' } },
    });
    const events = [
      event(statefulSet, 'FailedCreate', `${prefix}exceeded quota: q`, { count: 9, seconds: 3 }),
    ];
    const evidence = { 'apps/StatefulSet': [statefulSet], '/Pod': [created], '/Event': events };
    expect(judge(evidence, 100, { of: statefulSet })).not.toHaveProperty('cause');
  });
});

describe('events of either API (E17)', () => {
  it('are read in the fields of events.k8s.io/v1 too', () => {
    const crashed = pod('a', [{ restartCount: 1, state: { running: {} }, lastState: ended(2, 3) }]);
    const newer = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'a.1', namespace },
      reason: 'BackOff',
      note: 'Back-off restarting failed container main in pod a',
      eventTime: at(4),
      series: { count: 2, lastObservedTime: at(5) },
      regarding: { kind: 'Pod', name: 'a', uid: 'uid-a', fieldPath: 'spec.containers{main}' },
    };
    expect(judge({ ...shown([crashed]), '/Event': [newer] }, 5)).toMatchObject({ verdict: 'failed' });
  });

  it('count only of our objects, and only since the apply', () => {
    const pods = [a, b];
    const before = event(a, 'FailedMount', notFound, { seconds: -60 });
    const stranger = event(pod('stranger'), 'FailedMount', notFound);
    expect(judge(shown(pods, [before, stranger]), 60)).not.toHaveProperty('cause');
  });
});

describe('the revision that is judged (H2)', () => {
  it('is the Deployment’s own: pods of another ReplicaSet neither fail it nor make it pass', () => {
    const old = { ...replicaSet, metadata: { ...replicaSet.metadata, uid: 'uid-web-0', name: 'web-0', annotations: { 'deployment.kubernetes.io/revision': '0' } } };
    const evidence = { ...shown([pod('old', [twice(3)], { ownedBy: old })]), 'apps/ReplicaSet': [old, replicaSet] };
    expect(judge(evidence, 5)).not.toHaveProperty('cause');
  }); // biome-ignore format: one object

  it('is a DaemonSet’s newest ControllerRevision', () => {
    const set: LiveObject = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace, uid: 'uid-agent', generation: 2 },
      spec: { template: { spec: { containers: [] } } },
      status: {
        observedGeneration: 2,
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        updatedNumberScheduled: 1,
      },
    };
    const ownerReferences = [{ kind: 'DaemonSet', name: 'agent', uid: 'uid-agent', controller: true }];
    const revision = (hash: string, number: number) => ({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `agent-${hash}`,
        namespace,
        labels: { 'controller-revision-hash': hash },
        ownerReferences,
      },
      revision: number,
    });
    const of = (name: string, hash: string) =>
      pod(name, [twice(7)], { ownedBy: set, metadata: { labels: { 'controller-revision-hash': hash } } });
    const evidence = {
      'apps/DaemonSet': [set],
      'apps/ControllerRevision': [revision('old', 1), revision('new', 2)],
      '/Event': [],
    };
    expect(judge({ ...evidence, '/Pod': [of('a', 'old')] }, 5, { of: set })).not.toHaveProperty('cause');
    expect(judge({ ...evidence, '/Pod': [of('a', 'new')] }, 5, { of: set })).toMatchObject({
      cause: { rule: 'E2' },
    });
  });
});

describe('a HorizontalPodAutoscaler', () => {
  const autoscaler = (reason: string): LiveObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace, uid: 'uid-hpa' },
    status: {
      conditions: [
        { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale', lastTransitionTime: at(1) },
        { type: 'ScalingActive', status: 'False', reason, message: 'no', lastTransitionTime: at(1) },
      ],
    },
  });
  const judged = (reason: string, seconds: number) =>
    judge({ 'autoscaling/HorizontalPodAutoscaler': [autoscaler(reason)] }, seconds, {
      of: autoscaler(reason),
    });

  it('without metrics is a warning and holds nothing up', () => {
    expect(judged('FailedGetResourceMetric', 2)).toEqual({
      verdict: 'ready',
      warning: 'ScalingActive is False (FailedGetResourceMetric): no',
    });
  });

  it('with a selector that is ambiguous fails', () => {
    expect(judged('AmbiguousSelector', 2)).toMatchObject({ verdict: 'progressing' });
    expect(judged('AmbiguousSelector', 40)).toMatchObject({ verdict: 'failed', cause: { rule: 'H HPA' } });
  });
});
