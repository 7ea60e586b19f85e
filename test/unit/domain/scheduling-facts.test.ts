import { describe, expect, it } from 'vitest';
import { quantity, requestsOf } from '#domain/quantity.ts';
import { constraintsOf, schedulingFacts } from '#domain/scheduling-facts.ts';
import { pod } from './workload-evidence.ts';

describe('the scheduler’s message as counts per constraint (G4)', () => {
  it.each([
    [
      "0/6 nodes are available: 1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector, 3 node(s) had untolerated taint {dedicated: gpu, x: y}. preemption: 0/6 nodes are available: 6 Preemption is not helpful for scheduling.",
      [
        { nodes: 3, reason: 'had untolerated taint {dedicated: gpu, x: y}' },
        { nodes: 2, reason: "didn't match Pod's node affinity/selector" },
        { nodes: 1, reason: 'Insufficient cpu' },
      ],
    ],
    ['0/1 nodes are available: 1 Insufficient memory.', [{ nodes: 1, reason: 'Insufficient memory' }]],
    [
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
      [{ nodes: 1, reason: 'Insufficient cpu' }],
    ],
    ['persistentvolumeclaim "data" not found', []],
  ])('%s', (message, constraints) => {
    expect(constraintsOf(message)).toEqual(constraints);
  });
});

describe('what the cluster has beside it (G4)', () => {
  const node = (cpu: string, memory: string, labels = {}) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node', labels },
    status: { allocatable: { cpu, memory } },
  });
  const big = pod('a', [], {
    spec: {
      containers: [{ name: 'main', resources: { requests: { cpu: '6', memory: '2Gi' } } }],
      nodeSelector: { 'example.com/pool': 'gpu' },
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });

  it('is the largest node, the limits of NodePools, and the label that no node has', () => {
    const nodes = [node('3920m', '15Gi'), node('1930m', '30Gi', { 'example.com/pool': 'cpu' })];
    const pool = { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', metadata: { name: 'default' }, spec: { limits: { cpu: '16' } } };
    expect(schedulingFacts('0/2 nodes are available: 2 Insufficient cpu.', big, { nodes, nodePools: [pool] })).toEqual([
      'A pod requests 6 cpu, 2 Gi memory; the largest node has 3.92 cpu, 30 Gi memory',
      'Limits: NodePool default 16 cpu',
      'Its nodeSelector is example.com/pool=gpu; no node has example.com/pool=gpu',
    ]);
  }); // biome-ignore format: one object

  it('is the zone of the volume that holds it', () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' }, spec: { volumeName: 'pv-1' } };
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['eu-west-1a'] }] }] } } },
    };
    const message = '0/2 nodes are available: 2 node(s) had volume node affinity conflict.';
    expect(schedulingFacts(message, big, { claims: [claim], volumes: [volume] })).toContain(
      'PersistentVolumeClaim data is bound to a volume in zone eu-west-1a',
    );
  }); // biome-ignore format: one object
});

describe('quantities', () => {
  it.each([
    ['500m', 0.5],
    ['2', 2],
    [3, 3],
    ['1Gi', 2 ** 30],
    ['1e3', 1000],
    ['128M', 128e6],
    ['much', undefined],
  ])('%s is %s', (text, number) => {
    expect(quantity(text)).toBe(number);
  });

  it('of a pod are the sum of its containers and sidecars, or its largest init container', () => {
    const cpu = (value: string) => ({ resources: { requests: { cpu: value } } });
    expect(
      requestsOf({
        containers: [
          { name: 'a', ...cpu('1') },
          { name: 'b', ...cpu('500m') },
        ],
        initContainers: [
          { name: 'c', ...cpu('4') },
          { name: 'd', restartPolicy: 'Always', ...cpu('250m') },
        ],
      }),
    ).toEqual({ cpu: 4 });
  });
});
