import { describe, expect, it } from 'vitest';
import { at, condition, judge, live, type Row, saying } from './live.ts';

const address = { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } };

describe('a Service alone (§8)', () => {
  it.each<Row>([
    ['ClusterIP', { spec: { clusterIP: '10.0.0.1', selector: { app: 'web' } } }, 'ready'],
    ['headless', { spec: { clusterIP: 'None' } }, 'ready'],
    ['ExternalName', { spec: { type: 'ExternalName' } }, 'ready'],
    ['NodePort', { spec: { type: 'NodePort' } }, 'ready'],
    ['LoadBalancer with an address', { spec: { type: 'LoadBalancer' }, status: address }, 'ready'],
    [
      'LoadBalancer without one, though with a cluster IP',
      { spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1' } },
      'progressing',
      'load-balancer controller',
    ],
    [
      'LoadBalancer with an empty list',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [] } } },
      'progressing',
      'load-balancer controller',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('v1', 'Service', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });
});

describe('an Ingress alone (§8)', () => {
  it.each(['networking.k8s.io/v1', 'extensions/v1beta1'])('needs an address (%s)', (apiVersion) => {
    expect(judge(live(apiVersion, 'Ingress', { status: address })).verdict).toBe('ready');
    expect(judge(live(apiVersion, 'Ingress'))).toMatchObject({
      verdict: 'progressing',
      blockedBy: 'ingress controller',
    });
  });

  it('without one for a minute asks for the controller of its class', () => {
    const ingress = live('networking.k8s.io/v1', 'Ingress', { spec: { ingressClassName: 'alb' } });
    expect(judge(ingress, 59)).toMatchObject({ reason: 'has no address yet' });
    expect(saying(judge(ingress, 60))).toContain("is there a controller for ingress class 'alb'?");
  });
});

describe('a TargetGroupBinding alone (§8)', () => {
  it('is to be seen by its controller', () => {
    const binding = (status: object) => live('elbv2.k8s.aws/v1beta1', 'TargetGroupBinding', { status });
    expect(judge(binding({})).verdict).toBe('progressing');
    expect(judge(binding({ observedGeneration: 1 })).verdict).toBe('ready');
  });
});

describe('a route of the Gateway API (§8)', () => {
  const reference = { name: 'edge' };
  const accepted = condition('Accepted', 'True', 'Accepted', { observedGeneration: 1 });
  const resolved = condition('ResolvedRefs', 'True', 'ResolvedRefs', { observedGeneration: 1 });
  const refusing = (type: string, reason: string) =>
    condition(type, 'False', reason, { observedGeneration: 1 });
  const route = (
    conditions: readonly object[],
    parentRef: object = reference,
    parentRefs: readonly object[] = [reference],
  ) => ({
    spec: { parentRefs },
    status: { parents: [{ parentRef, controllerName: 'example.com/gateway', conditions }] },
  });

  it.each<Row>([
    ['taken', route([accepted, resolved]), 'ready'],
    ['not answered', { spec: { parentRefs: [reference] } }, 'progressing', "'edge' has not answered"],
    [
      'answered for another parent',
      route([accepted, resolved], { name: 'other' }),
      'progressing',
      "'edge' has not",
    ],
    [
      'answered in its own namespace, which was named',
      route([accepted, resolved], {
        name: 'edge',
        namespace: 'production',
        group: 'gateway.networking.k8s.io',
        kind: 'Gateway',
      }),
      'ready',
    ],
    [
      'answered in another namespace',
      route([accepted, resolved], { name: 'edge', namespace: 'x' }),
      'progressing',
    ],
    [
      'answered for another section',
      route([accepted, resolved], { name: 'edge', sectionName: 'https' }),
      'progressing',
    ],
    [
      'not taken by every parent',
      route([accepted, resolved], reference, [reference, { name: 'inner' }]),
      'progressing',
      "'inner'",
    ],
    ['taken, its backends not told of', route([accepted]), 'progressing', 'ResolvedRefs is not said'],
    [
      'answered for an earlier generation',
      route([condition('Accepted', 'True', '', { observedGeneration: 0 }), resolved]),
      'progressing',
      'Accepted is not said',
    ],
    ['pending', route([refusing('Accepted', 'Pending'), resolved]), 'progressing', 'Pending'],
    [
      'not allowed',
      route([refusing('Accepted', 'NotAllowedByListeners'), resolved]),
      'failed',
      'NotAllowedByListeners',
    ],
    [
      'for a parent that is not there',
      route([refusing('Accepted', 'NoMatchingParent')]),
      'failed',
      'NoMatchingParent',
    ],
    [
      'for a backend that is not there',
      route([accepted, refusing('ResolvedRefs', 'BackendNotFound')]),
      'failed',
      'BackendNotFound',
    ],
    [
      'for a backend that it may not name',
      route([accepted, refusing('ResolvedRefs', 'RefNotPermitted')]),
      'failed',
      'RefNotPermitted',
    ],
    ['without a parent', { spec: {} }, 'ready', 'names no parent'],
  ])('%s', (_, fields, verdict, says = '') => {
    for (const kind of ['HTTPRoute', 'GRPCRoute']) {
      const health = judge(live('gateway.networking.k8s.io/v1', kind, fields));
      expect(health.verdict).toBe(verdict);
      expect(saying(health)).toContain(says);
    }
  });

  it('has half a minute for its backend to come', () => {
    const object = live(
      'gateway.networking.k8s.io/v1',
      'HTTPRoute',
      route([accepted, refusing('ResolvedRefs', 'BackendNotFound')]),
    );
    expect(judge(object, 29).verdict).toBe('progressing');
    expect(judge(object, 30).verdict).toBe('failed');
  });
});

describe('a Gateway (§8)', () => {
  const of1 = (type: string, status: string, reason = '') =>
    condition(type, status, reason, { observedGeneration: 1 });
  const gateway = (
    conditions: readonly object[],
    listener: readonly object[] = [of1('Programmed', 'True')],
  ) => ({
    spec: { listeners: [{ name: 'https' }] },
    status: { conditions, listeners: [{ name: 'https', conditions: listener }] },
  });
  const both = [of1('Accepted', 'True'), of1('Programmed', 'True')];

  it.each<Row>([
    ['programmed', gateway(both), 'ready'],
    ['without a status', { spec: { listeners: [] } }, 'progressing', 'Accepted'],
    [
      'as the API server makes it',
      gateway([of1('Accepted', 'Unknown', 'Pending')]),
      'progressing',
      'Pending',
    ],
    ['pending', gateway([of1('Accepted', 'False', 'Pending')]), 'progressing', 'Pending'],
    ['refused', gateway([of1('Accepted', 'False', 'UnsupportedAddress')]), 'failed', 'UnsupportedAddress'],
    [
      'not programmed yet',
      gateway([of1('Accepted', 'True'), of1('Programmed', 'False', 'AddressNotAssigned')]),
      'progressing',
      'gateway controller',
    ],
    [
      'that cannot be programmed',
      gateway([of1('Accepted', 'True'), of1('Programmed', 'False', 'Invalid')]),
      'failed',
      'Invalid',
    ],
    [
      'with a listener that is not programmed',
      gateway(both, [of1('Programmed', 'False', 'Pending')]),
      'progressing',
      'Programmed is False',
    ],
    ['with a listener that nobody told of', gateway(both, []), 'progressing', "listener 'https'"],
    [
      'programmed in an earlier generation',
      gateway([
        of1('Accepted', 'True'),
        condition('Programmed', 'True', '', { observedGeneration: 0, lastTransitionTime: at(1) }),
      ]),
      'progressing',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('gateway.networking.k8s.io/v1', 'Gateway', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });
});
