import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataRules } from '#domain/health/catalogue-data.ts';
import { deliveryRules } from '#domain/health/catalogue-delivery.ts';
import { networkRules } from '#domain/health/catalogue-network.ts';
import { platformRules } from '#domain/health/catalogue-platform.ts';
import { securityRules } from '#domain/health/catalogue-security.ts';
import { healthRules } from '#domain/health-rules.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { condition, judge, live } from './live.ts';

const patterns = [
  ...deliveryRules,
  ...securityRules,
  ...platformRules,
  ...dataRules,
  ...networkRules,
].flatMap(({ kinds }) => kinds);
const kinds = [
  ...healthRules.keys(),
  ...patterns.map((pattern) => pattern.replaceAll('*', 'x')),
  'example.com/Widget',
  '/ConfigMap',
];

const verdicts = ['ready', 'progressing', 'failed', 'suspended', 'deleting', 'unknown'];

// Names that rules read, so that arbitrary values land where they look; any value under each.
const names = [
  'conditions',
  'phase',
  'replicas',
  'readyReplicas',
  'observedGeneration',
  'containerStatuses',
  'initContainerStatuses',
  'state',
  'lastState',
  'waiting',
  'terminated',
  'reason',
  'message',
  'type',
  'status',
  'parents',
  'parentRef',
  'parentRefs',
  'listeners',
  'loadBalancer',
  'ingress',
  'health',
  'managedFields',
  'annotations',
  'selector',
  'matchExpressions',
  'lastTransitionTime',
  'pauseConditions',
  'strategy',
  'template',
];
const words = [
  'True',
  'False',
  'Ready',
  'Failed',
  'Running',
  'Pending',
  'CrashLoopBackOff',
  'constructor',
  '__proto__',
  '2026-11-21T09:00:00Z',
  'not a time',
];
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, 1, -1, Number.MAX_SAFE_INTEGER),
    fc.constantFrom(...words),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
  ),
}));

describe('the rules of health', () => {
  it('throw on no object, however partial or odd', () => {
    const object = fc.record({
      key: fc.constantFrom(...kinds),
      spec: fc.option(value, { nil: undefined }),
      status: fc.option(value, { nil: undefined }),
      metadata: fc.dictionary(
        fc.constantFrom('generation', 'managedFields', 'annotations', 'resourceVersion'),
        value,
      ),
      seconds: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(object, ({ key, spec, status, metadata, seconds }) => {
        const [group = '', kind = ''] = key.split('/');
        const apiVersion = group === '' ? 'v1' : `${group}/v1`;
        const it = { apiVersion, kind, metadata: { name: 'it', ...metadata }, spec, status } as LiveObject;
        expect(verdicts).toContain(judge(it, seconds).verdict);
      }),
      { numRuns: 5_000 },
    );
  });

  it('take no notice of fields that they do not know', () => {
    const good = {
      'apps/v1 Deployment': { spec: { replicas: 0 }, status: { observedGeneration: 1 } },
      'batch/v1 Job': { status: { conditions: [condition('Complete', 'True')] } },
      'v1 PersistentVolume': { status: { phase: 'Bound' } },
      'cert-manager.io/v1 Certificate': { status: { conditions: [condition('Ready', 'True')] } },
    };
    const unknown = fc.dictionary(
      fc.string({ minLength: 1 }).map((name) => `x-${name}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.entries(good)), unknown, ([key, fields], more) => {
        const [apiVersion = '', kind = ''] = key.split(' ');
        const { spec = {}, status } = fields as { spec?: object; status: object };
        const object = live(apiVersion, kind, { spec: { ...more, ...spec }, status: { ...more, ...status } });
        expect(judge(object).verdict).toBe('ready');
      }),
    );
  });

  it('call nothing ready that is being deleted', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), value, (key, status) => {
        const [group = '', kind = ''] = key.split('/');
        const metadata = { deletionTimestamp: '2026-11-21T09:00:00Z' };
        const object = live(group === '' ? 'v1' : `${group}/v1`, kind, { metadata, status });
        expect(judge(object).verdict).toBe('deleting');
      }),
    );
  });
});

describe('the catalogue of other projects', () => {
  it('names each kind once', () => {
    expect(patterns.toSorted()).toEqual([...new Set(patterns)].toSorted());
  });

  it("keeps a group's own row behind those of its kinds", () => {
    const isBehind = (pattern: string, index: number) =>
      patterns.slice(index + 1).every((later) => later === pattern || !covers(pattern, later));
    expect(patterns.filter((pattern, index) => pattern.includes('*') && !isBehind(pattern, index))).toEqual(
      [],
    );
  });
});

function covers(pattern: string, other: string): boolean {
  const [group = '', kind = ''] = pattern.split('/');
  const [otherGroup = '', otherKind = ''] = other.split('/');
  const isGroup = group.startsWith('*') ? otherGroup.endsWith(group.slice(1)) : otherGroup === group;
  return isGroup && (kind === '*' || kind === otherKind);
}
