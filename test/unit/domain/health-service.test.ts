import { describe, expect, it } from 'vitest';
import type { RolloutEvidence } from '#domain/evidence.ts';
import { judgeHealth } from '#domain/health.ts';
import { instant } from '#domain/instant.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Deployment, EndpointSlice, Pod, Service } from '#domain/workload.ts';

const namespace = 'production';
const labels = { app: 'web' };
const appliedAt = instant(Date.UTC(2026, 10, 21, 9, 0, 0));

function service(spec: Service['spec'], more: Partial<Service> = {}): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec, ...more };
}

const clusterIp = service({ selector: labels });
const metadata = (name: string) => ({ name, namespace, uid: `uid-${name}`, generation: 1 });

function deployment(replicas = 1, readyReplicas = replicas): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('web'),
    spec: { replicas, template: { metadata: { labels }, spec: { containers: [{ name: 'main' }] } } },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas,
      availableReplicas: readyReplicas,
      conditions: [{ type: 'Available', status: 'True' }],
    },
  };
}

/** A pod of the Deployment, of its only ReplicaSet. */
function pod(more: Partial<Pod['metadata']> = {}): Pod {
  const ownerReferences = [{ kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1', controller: true }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata('web-1-0'), labels, ownerReferences, ...more },
    spec: { containers: [{ name: 'main' }] },
  };
}

const replicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    ...metadata('web-1'),
    ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true }],
  },
  spec: {},
};

type Conditions = NonNullable<NonNullable<EndpointSlice['endpoints']>[number]['conditions']>;

function slice(
  conditions: readonly (Conditions | undefined)[],
  of = 'web',
  place = namespace,
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${of}-1`, namespace: place, labels: { 'kubernetes.io/service-name': of } },
    endpoints: conditions.map((each) => (each === undefined ? {} : { conditions: each })),
  };
}

const running: RolloutEvidence = {
  'apps/Deployment': [deployment()],
  'apps/ReplicaSet': [replicaSet],
  '/Pod': [pod()],
};

function judge(
  live: Service | undefined,
  evidence: RolloutEvidence,
  objects: readonly KubernetesObject[] = [deployment()],
) {
  const services = live === undefined ? [] : [live];
  return judgeHealth(
    clusterIp,
    { ...evidence, '/Service': services },
    { now: appliedAt, appliedAt, objects },
  );
}

const ready = { verdict: 'ready' };
const noEndpoint = { verdict: 'progressing', reason: 'no ready endpoint yet' };
const noLoadBalancer = {
  verdict: 'progressing',
  reason: 'has no load balancer yet',
  blockedBy: 'load-balancer controller',
};

describe('a Service that is not there as it should be', () => {
  it('is progressing until it exists', () => {
    expect(judge(undefined, running)).toEqual({ verdict: 'progressing', reason: 'does not exist yet' });
  });

  it('is not the one of that name in another namespace', () => {
    const elsewhere = service({ selector: labels }, { metadata: { name: 'web', namespace: 'staging' } });
    expect(judge(elsewhere, running)).toMatchObject({ reason: 'does not exist yet' });
  });

  it('is never ready while it is being deleted', () => {
    const going = { name: 'web', namespace, deletionTimestamp: '2026-11-21T08:59:00Z' };
    const evidence = { ...running, 'discovery.k8s.io/EndpointSlice': [slice([{ ready: true }])] };
    expect(judge(service({ selector: labels }, { metadata: going }), evidence)).toEqual({
      verdict: 'deleting',
      reason: 'is being deleted',
    });
  });
});

describe('a ClusterIP Service', () => {
  it.each<[string, readonly (Conditions | undefined)[], object]>([
    ['a ready endpoint', [{ ready: true, serving: true, terminating: false }], ready],
    ['an endpoint whose conditions are absent, which means ready', [undefined], ready],
    ['one ready endpoint among others', [{ ready: false }, { ready: true }], ready],
    ['no endpoint at all', [], noEndpoint],
    ['an unready endpoint', [{ ready: false }], noEndpoint],
    ['an endpoint that does not serve', [{ ready: true, serving: false }], noEndpoint],
    ['an endpoint that is terminating', [{ ready: true, serving: true, terminating: true }], noEndpoint],
  ])('with %s', (_, conditions, health) => {
    expect(judge(clusterIp, { ...running, 'discovery.k8s.io/EndpointSlice': [slice(conditions)] })).toEqual(
      health,
    );
  });

  it('has no part in endpoints of other Services and of other namespaces', () => {
    const others = [slice([{ ready: true }], 'api'), slice([{ ready: true }], 'web', 'staging')];
    expect(judge(clusterIp, { ...running, 'discovery.k8s.io/EndpointSlice': others })).toEqual(noEndpoint);
  });

  it('that publishes unready addresses counts them, but none that is terminating', () => {
    const publishing = service({ selector: labels, publishNotReadyAddresses: true });
    expect(
      judge(publishing, { ...running, 'discovery.k8s.io/EndpointSlice': [slice([{ ready: false }])] }),
    ).toEqual(ready);
    const terminating = [slice([{ ready: false, terminating: true }])];
    expect(judge(publishing, { ...running, 'discovery.k8s.io/EndpointSlice': terminating })).toEqual(
      noEndpoint,
    );
  });

  it('waits for the endpoint of a pod that no Deployment brings', () => {
    const bare = { '/Pod': [pod({ ownerReferences: [] })] };
    expect(judge(clusterIp, bare, [])).toEqual(noEndpoint);
    expect(
      judge(clusterIp, { ...bare, 'discovery.k8s.io/EndpointSlice': [slice([{ ready: true }])] }, []),
    ).toEqual(ready);
  });
});

describe('a Service that nothing is meant to be behind', () => {
  it.each<[string, Service['spec']]>([
    ['headless', { selector: labels, clusterIP: 'None' }],
    ['ExternalName', { type: 'ExternalName' }],
    ['without a selector', {}],
    ['with an empty selector', { selector: {} }],
  ])('is ready at once: %s', (_, spec) => {
    expect(judge(service(spec), running)).toEqual(ready);
  });

  it('is ready when its Deployment is scaled to zero', () => {
    expect(judge(clusterIp, { 'apps/Deployment': [deployment(0)] }, [deployment(0)])).toEqual(ready);
  });

  it('is ready with a warning when the release brings no workload', () => {
    expect(judge(clusterIp, {}, [])).toEqual({ verdict: 'ready', warning: 'its selector matches no pod' });
  });
});

describe('a Service whose selector matches nothing', () => {
  const mistyped = service({ selector: { app: 'wbe', tier: 'front' } });

  it('fails once every workload is ready, quoting the selector', () => {
    const summary = "its selector 'app=wbe,tier=front' matches no pod";
    expect(judge(mistyped, running)).toEqual({
      verdict: 'failed',
      reason: summary,
      cause: { rule: 'H Service', object: { group: '', kind: 'Service', namespace, name: 'web' }, summary },
    });
  });

  it('may yet match while a workload is not ready', () => {
    expect(judge(mistyped, { ...running, 'apps/Deployment': [deployment(1, 0)] })).toEqual({
      verdict: 'progressing',
      reason: 'no pod matches its selector yet',
    });
  });

  it('needs every label that it names', () => {
    const narrower = service({ selector: { ...labels, tier: 'front' } });
    expect(judge(narrower, running)).toMatchObject({ verdict: 'failed' });
  });

  it.each([
    ['a pod that is on its way out', pod({ deletionTimestamp: '2026-11-21T09:00:00Z', name: 'old' })],
    ['a pod of another namespace', pod({ namespace: 'staging', name: 'old' })],
  ])('is not helped by %s', (_, other) => {
    const own = pod({ labels: { app: 'other' } });
    const moved = { ...deployment(), spec: { ...deployment().spec, template: { spec: { containers: [] } } } };
    const evidence = { 'apps/Deployment': [moved], 'apps/ReplicaSet': [replicaSet], '/Pod': [own, other] };
    expect(judge(clusterIp, evidence, [moved])).toMatchObject({ verdict: 'failed' });
  });
});

describe('a LoadBalancer Service', () => {
  const pending = service({ type: 'LoadBalancer', selector: labels });
  const given = { ...pending, status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } } };
  const served = { ...running, 'discovery.k8s.io/EndpointSlice': [slice([{ ready: true }])] };

  it('is blocked by its controller until it has an address', () => {
    expect(judge(pending, served)).toMatchObject(noLoadBalancer);
    expect(judge({ ...pending, status: { loadBalancer: { ingress: [] } } }, served)).toMatchObject(
      noLoadBalancer,
    );
    expect(judge(given, served)).toEqual(ready);
  });

  it('waits for an endpoint before it waits for its address', () => {
    expect(judge(pending, running)).toEqual(noEndpoint);
    expect(judge(given, running)).toEqual(noEndpoint);
  });

  it.each<[string, Service['spec'], RolloutEvidence, readonly KubernetesObject[]]>([
    ['its endpoints are kept by hand', { type: 'LoadBalancer' }, running, [deployment()]],
    [
      'its Deployment is scaled to zero',
      pending.spec,
      { 'apps/Deployment': [deployment(0)] },
      [deployment(0)],
    ],
    ['the release brings no workload', pending.spec, {}, []],
  ])('is blocked by its controller also where %s', (_, spec, evidence, objects) => {
    expect(judge(service(spec), evidence, objects)).toMatchObject(noLoadBalancer);
  });
});
