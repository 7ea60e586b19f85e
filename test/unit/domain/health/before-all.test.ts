import { describe, expect, it } from 'vitest';
import { appliedAt, at, condition, judge, live, saying } from './live.ts';

const custom = (fields: object) => live('example.com/v1', 'Widget', fields);
const readyNow = { conditions: [condition('Ready', 'True')] };
const goodJob = { conditions: [condition('Complete', 'True')] };

describe('what is asked of every object first (H0)', () => {
  it.each([
    [
      'a Job that is complete',
      live('batch/v1', 'Job', { metadata: { deletionTimestamp: at(1) }, status: goodJob }),
    ],
    ['a ConfigMap', live('v1', 'ConfigMap', { metadata: { deletionTimestamp: at(1) } })],
    ['a custom resource that is ready', custom({ metadata: { deletionTimestamp: at(1) }, status: readyNow })],
    [
      'a Namespace',
      live('v1', 'Namespace', { metadata: { deletionTimestamp: at(1) }, status: { phase: 'Terminating' } }),
    ],
  ])('is never ready while it is being deleted: %s', (_, object) => {
    expect(judge(object)).toEqual({ verdict: 'deleting', reason: 'is being deleted' });
  });

  it.each<[string, unknown, string]>([
    ['the same', 3, 'ready'],
    ['a later one, as kubectl and Argo CD take it', 4, 'ready'],
    ['an earlier one', 2, 'progressing'],
    ['the same, written as text', '3', 'ready'],
    ['an earlier one, written as text', '2', 'progressing'],
    ['something else', 'abc', 'ready'],
    ['none, of a kind that need not', undefined, 'ready'],
  ])('compares the generation that was seen with the object: %s', (_, observedGeneration, verdict) => {
    const object = custom({ metadata: { generation: 3 }, status: { observedGeneration, ...readyNow } });
    expect(judge(object).verdict).toBe(verdict);
  });

  it.each([
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['policy/v1', 'PodDisruptionBudget'],
  ])('takes a status of %s %s without a generation as not seen', (apiVersion, kind) => {
    expect(judge(live(apiVersion, kind, { spec: { replicas: 0 }, status: {} }))).toMatchObject({
      verdict: 'progressing',
      reason: 'not yet observed by its controller',
    });
  });

  it.each<[string, string | undefined, string]>([
    ['an earlier read', '99', 'progressing'],
    ['what the apply returned', '100', 'ready'],
    ['a later read', '1000', 'ready'],
    ['a version that is no number', 'abc', 'ready'],
    ['no version', undefined, 'ready'],
  ])('judges nothing older than its apply: %s', (_, resourceVersion, verdict) => {
    const object = live('v1', 'ConfigMap', { metadata: { resourceVersion } });
    expect(judge(object, 3600, { appliedResourceVersion: '100' }).verdict).toBe(verdict);
  });

  it('is progressing while it is reconciled and failed when it stalls', () => {
    const good = condition('Ready', 'True');
    const reconciling = custom({
      status: { conditions: [condition('Reconciling', 'True', 'NewGeneration'), good] },
    });
    expect(saying(judge(reconciling))).toContain('Reconciling is True (NewGeneration)');
    expect(judge(reconciling).verdict).toBe('progressing');
    const stalled = custom({ status: { conditions: [good, condition('Stalled', 'True', 'BadSpec')] } });
    expect(judge(stalled)).toMatchObject({ verdict: 'failed', reason: 'Stalled is True (BadSpec)' });
    expect(judge(custom({ status: { conditions: [good, condition('Stalled', 'False')] } })).verdict).toBe(
      'ready',
    );
  });
});

describe('a condition that tells of the release before (H1)', () => {
  const old = { lastTransitionTime: at(-600) };
  const updated = (more: object, status: object = {}) =>
    custom({
      metadata: { generation: 2 },
      status: { ...status, conditions: [condition('Ready', 'True', '', { ...old, ...more })] },
    });

  it.each<[string, object, string]>([
    ['is of an earlier generation', updated({ observedGeneration: 1 }), 'progressing'],
    ['is of this generation, though unchanged for long', updated({ observedGeneration: 2 }), 'ready'],
    ['is of a status of this generation', updated({}, { observedGeneration: 2 }), 'ready'],
    ['changed since', updated({ lastTransitionTime: at(1) }), 'ready'],
    ['changed since by a clock that is a second late', updated({ lastTransitionTime: at(-1) }), 'ready'],
    ['was updated since', updated({ lastUpdateTime: at(1) }), 'ready'],
    ['tells of nothing by which to know', updated({}), 'progressing'],
  ])('counts or not a second after the apply: it %s', (_, object, verdict) => {
    expect(judge(object as Parameters<typeof judge>[0], 1).verdict).toBe(verdict);
  });

  it('is believed after ten seconds, when it tells of nothing by which to know', () => {
    expect(judge(updated({}), 1)).toMatchObject({ recheckAt: appliedAt + 10_000 });
    expect(judge(updated({}), 10).verdict).toBe('ready');
  });

  it('is believed at once when the apply changed nothing, or when it is another than before', () => {
    const same = updated({});
    expect(judge(same, 1, { before: same }).verdict).toBe('ready');
    const earlier = custom({
      metadata: { generation: 1 },
      status: { conditions: [condition('Ready', 'False', '', old)] },
    });
    expect(judge(same, 1, { before: earlier }).verdict).toBe('ready');
    const unchanged = custom({ metadata: { generation: 1 }, status: same.status as object });
    expect(judge(same, 1, { before: unchanged }).verdict).toBe('progressing');
  });
});
