import { describe, expect, it } from 'vitest';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { asHandedOver, decideReplicas, handoverOf, withReplicas } from '#domain/replicas.ts';
import { scalerFor, scalersIn } from '#domain/scaling.ts';

const metadata = { name: 'web', namespace: 'shop' };
const workload = (spec: object, kind = 'Deployment'): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata,
  spec,
});
const holds = (manager: string, subresource?: string) => ({
  manager,
  operation: manager.startsWith('tidegate') ? 'Apply' : 'Update',
  apiVersion: 'apps/v1',
  fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  ...(subresource === undefined ? {} : { subresource }),
});
const live = (replicas: number, ...entries: object[]): LiveObject => ({
  ...workload({ replicas }),
  metadata: { ...metadata, managedFields: entries },
});
const hpa = (spec: object): KubernetesObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata,
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, ...spec },
});
const [scaler] = scalersIn([hpa({ minReplicas: 2 })]);
const ours = { manager: 'tidegate', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } };

describe('scalers (A5)', () => {
  it.each<[string, KubernetesObject, string, number]>([
    ['an HPA', hpa({ minReplicas: 3 }), 'Deployment.apps shop/web', 3],
    ['an HPA that says no minimum', hpa({}), 'Deployment.apps shop/web', 1],
    [
      'a ScaledObject, of a Deployment unless it says otherwise',
      {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata,
        spec: { scaleTargetRef: { name: 'web' } },
      },
      'Deployment.apps shop/web',
      0,
    ],
    [
      'a ScaledObject of a StatefulSet',
      {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata,
        spec: {
          minReplicaCount: 2,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' },
        },
      },
      'StatefulSet.apps shop/web',
      2,
    ],
  ])('%s', (_, object, target, minReplicas) => {
    const [found] = scalersIn([object]);
    expect(found).toMatchObject({ minReplicas });
    const [kind = '', place = ''] = target.split('.apps shop/');
    expect(found?.target).toEqual({ group: 'apps', kind, namespace: 'shop', name: place });
  });

  it('are none: a VerticalPodAutoscaler, which sizes pods, and what names no target', () => {
    const vpa = {
      apiVersion: 'autoscaling.k8s.io/v1',
      kind: 'VerticalPodAutoscaler',
      metadata,
      spec: { targetRef: {} },
    };
    expect(scalersIn([vpa, hpa({ scaleTargetRef: {} }), workload({})])).toEqual([]);
  });

  it('scale only what is in their own namespace', () => {
    const elsewhere = { group: 'apps', kind: 'Deployment', namespace: 'other', name: 'web' };
    expect(scalerFor(elsewhere, scalersIn([hpa({})]))).toBeUndefined();
  });
});

describe('decideReplicas (A3–A5)', () => {
  const scaled = { scaler };
  const free = { scaler: undefined };
  it.each<[string, object, LiveObject | undefined, typeof scaled | typeof free, object | undefined]>([
    ['applies what is declared', { replicas: 3 }, live(3, ours), free, undefined],
    ['creates as declared', { replicas: 3 }, undefined, free, undefined],
    ["creates at the scaler's minimum", { replicas: 1 }, undefined, scaled, { kind: 'initial', replicas: 2 }],
    [
      'creates with more than the minimum where more is declared',
      { replicas: 5 },
      undefined,
      scaled,
      { kind: 'initial', replicas: 5 },
    ],
    [
      'creates at the minimum where nothing is declared',
      {},
      undefined,
      scaled,
      { kind: 'initial', replicas: 2 },
    ],
    [
      'hands over what only we own when a scaler comes',
      { replicas: 3 },
      live(4, ours),
      scaled,
      { kind: 'left', replicas: 4, handover: 'begin' },
    ],
    [
      'hands over when it is declared no more',
      {},
      live(3, ours),
      free,
      { kind: 'left', replicas: 3, handover: 'begin' },
    ],
    [
      'hands over what migration makes ours',
      {},
      live(3, holds('kubectl-client-side-apply')),
      free,
      { kind: 'left', replicas: 3, handover: 'begin' },
    ],
    [
      'leaves to the scaler what it owns',
      { replicas: 3 },
      live(6, holds('hpa', 'scale')),
      scaled,
      { kind: 'left', replicas: 6 },
    ],
    [
      'ends the handover once a scaler has them',
      {},
      live(6, holds('hpa', 'scale'), holds('tidegate-handover')),
      scaled,
      { kind: 'left', replicas: 6, handover: 'end' },
    ],
    [
      'keeps the handover until then',
      {},
      live(3, holds('tidegate-handover')),
      scaled,
      { kind: 'left', replicas: 3 },
    ],
    ['leaves alone what nobody declared, ever', {}, live(1), free, undefined],
    [
      'ends the handover where they are declared again',
      { replicas: 4 },
      live(3, holds('tidegate-handover')),
      free,
      { kind: 'declared' },
    ],
  ])('%s', (_, spec, found, { scaler: by }, directive) => {
    expect(decideReplicas(workload(spec), found, by).directive).toEqual(directive);
  });

  it('says what stays and why', () => {
    expect(decideReplicas(workload({}), live(3, ours), undefined).notes).toEqual([
      'Deployment.apps shop/web: /spec/replicas stays as it is (3), nobody declares them any more',
    ]);
    expect(decideReplicas(workload({}), live(3, ours), scaler).notes).toEqual([
      'Deployment.apps shop/web: /spec/replicas stays as it is (3), HorizontalPodAutoscaler.autoscaling shop/web scales it',
    ]);
    expect(decideReplicas(workload({}), undefined, scaler).notes).toEqual([
      'Deployment.apps shop/web: begins with 2 replicas, HorizontalPodAutoscaler.autoscaling shop/web scales it from there',
    ]);
  });

  it('says nothing of what has no replicas', () => {
    expect(decideReplicas(workload({}, 'DaemonSet'), live(3, ours), undefined)).toEqual({ notes: [] });
  });
});

describe('a directive', () => {
  const object = workload({ replicas: 3, paused: true });
  it.each([
    [undefined, 3, 3],
    [{ kind: 'declared' as const }, 3, 3],
    [{ kind: 'initial' as const, replicas: 5 }, 5, 5],
    [{ kind: 'left' as const, replicas: 7 }, undefined, undefined],
    [{ kind: 'left' as const, replicas: 7, handover: 'end' as const }, undefined, undefined],
    [{ kind: 'left' as const, replicas: 7, handover: 'begin' as const }, undefined, 7],
  ])('%j is sent with %s replicas and asked about with %s', (directive, sent, asked) => {
    const intent = withReplicas(object, directive);
    expect(intent.spec).toEqual({ paused: true, ...(sent === undefined ? {} : { replicas: sent }) });
    expect(asHandedOver(intent, directive).spec).toEqual({
      paused: true,
      ...(asked === undefined ? {} : { replicas: asked }),
    });
  });

  it('of a handover speaks of nothing but replicas', () => {
    expect(handoverOf(object, 4)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 4 },
    });
    expect(handoverOf(object, undefined)).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', metadata });
  });
});
