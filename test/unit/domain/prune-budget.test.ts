import { describe, expect, it } from 'vitest';
import { idleConfirmations, isNamed } from '#domain/confirmed.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { requirePruneBudget } from '#domain/prune-budget.ts';

const identity = (kind: string, name: string, namespace = 'shop') => ({
  group: kind === 'Deployment' ? 'apps' : '',
  kind,
  namespace,
  name,
});
const pruned = (count: number, kind = 'ConfigMap'): readonly ObjectChange[] =>
  Array.from({ length: count }, (_, index) => ({
    identity: identity(kind, `old-${index}`),
    action: 'pruned',
    fields: [],
  }));
const workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
};
const judge = (
  changes: readonly ObjectChange[],
  recorded: number,
  more: Partial<Parameters<typeof requirePruneBudget>[0]> = {},
) =>
  requirePruneBudget({
    changes,
    recorded,
    objects: [workload],
    budget: undefined,
    confirm: undefined,
    ...more,
  });

describe('the prune budget (KUBERNETES.md P4)', () => {
  it.each([
    ['ten of twelve', 10, 12],
    ['thirty of a hundred', 30, 100],
    ['nothing of nothing', 0, 0],
  ])('lets %s go', (_, count, recorded) => {
    expect(judge(pruned(count), recorded)).toEqual([]);
  });

  it.each([
    ['eleven of twelve', 11, 12],
    ['thirty-one of a hundred', 31, 100],
  ])('refuses %s, naming them and the way', (_, count, recorded) => {
    expect(() => judge(pruned(count), recorded)).toThrow(
      expect.objectContaining({
        name: 'PolicyViolationError',
        message: expect.stringMatching(
          new RegExp(
            `deletes ${count} of ${recorded} .*pruneUpTo: ${count} .*ConfigMap shop/old-0, .* more$`,
          ),
        ),
      }),
    );
  });

  it('lets them go once the release says how many, and shows that', () => {
    expect(judge(pruned(31), 100, { confirm: { pruneUpTo: 31 } })).toEqual([
      "release: deletes 31 of 100 objects, as it confirms (pruneUpTo: 31): that is more than the environment's pruneBudget (10, or 30 % of 100 if that is more)",
    ]);
    expect(() => judge(pruned(32), 100, { confirm: { pruneUpTo: 31 } })).toThrow('deletes 32');
  });

  it('is the environment’s', () => {
    expect(() => judge(pruned(1), 100, { budget: { max: 0, percent: 0 } })).toThrow('(0, or 0 % of 100');
  });

  it('refuses to empty a namespace of its workloads', () => {
    const changes = pruned(1, 'Deployment');
    expect(judge(changes, 100)).toEqual([]);
    expect(() => judge(changes, 100, { objects: [] })).toThrow("no workload is left in namespace 'shop'");
    expect(judge(changes, 100, { objects: [], confirm: { pruneUpTo: 1 } })).toHaveLength(1);
  });
});

describe('confirmations', () => {
  const claim = identity('PersistentVolumeClaim', 'data');
  it.each([
    ['with its namespace', ['PersistentVolumeClaim shop/data'], true],
    ['in any namespace', ['PersistentVolumeClaim data'], true],
    ['in another namespace', ['PersistentVolumeClaim other/data'], false],
    ['of another kind', ['Secret data'], false],
  ])('name an object %s', (_, names, isIt) => expect(isNamed(names, claim)).toBe(isIt));

  it('that nothing comes of are pointed out', () => {
    const confirm = { prune: ['PersistentVolumeClaim data', 'Secret tls'], adopt: ['ConfigMap a'] };
    expect(idleConfirmations(confirm, [claim], [])).toEqual([
      'tidegate.yaml: confirm.prune names Secret tls, to which that does not happen; remove it',
      'tidegate.yaml: confirm.adopt names ConfigMap a, to which that does not happen; remove it',
    ]);
  });
});
