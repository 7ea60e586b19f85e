import { describe, expect, it } from 'vitest';
import { createMemoryCluster } from '#adapters/memory/cluster.ts';
import type { Cause, MissingReference } from '#domain/cause.ts';
import { diagnosisText } from '#domain/diagnosis.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import type { LogRequest } from '#ports/cluster.ts';
import { checkReference } from '#tasks/parts/check-reference.ts';
import { diagnose } from '#tasks/parts/diagnose.ts';
import { createLogKeeper } from '#tasks/parts/log-keeper.ts';
import { createSteppedClock } from './deployment-harness.ts';

const clock = createSteppedClock();
const object = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const logFrom = {
  namespace: 'shop',
  pod: 'web-1',
  container: 'main',
  run: 'run-1',
  previous: false,
  isRestarted: true,
};
const crash: Cause = {
  rule: 'E2',
  object,
  uid: 'uid-web',
  summary: "container 'main' crashed (exit code 139, SIGSEGV)",
  container: 'main',
  termination: { exitCode: 139, ranSeconds: 3, restarts: 1 },
  pods: { affected: 2, total: 2 },
  logFrom,
}; // biome-ignore format: one object

/** A cluster whose pods keep these logs, and what was asked of it. */
function logging(kept: Record<string, string>) {
  const asked: string[] = [];
  return {
    asked,
    kept,
    cluster: {
      async log({ pod, previous }: LogRequest) {
        asked.push(`${pod} ${previous ? 'previous' : 'current'}`);
        return kept[`${pod} ${previous ? 'previous' : 'current'}`];
      },
    },
  };
}

describe('logs of containers that end (G2)', () => {
  it('are read at first sight of the end, once, and are there when the pod is gone', async () => {
    const { cluster, asked, kept } = logging({ 'web-1 current': 'FATAL: no database' });
    const logs = createLogKeeper(cluster);
    await logs.see([crash]);
    await logs.see([crash]);
    expect(asked).toEqual(['web-1 current']);
    delete kept['web-1 current'];
    expect(await logs.logOf(crash)).toBe('FATAL: no database');
  });

  it('are read again for the next run, and an earlier one stands where that has none', async () => {
    const { cluster, asked, kept } = logging({ 'web-1 current': 'first' });
    const logs = createLogKeeper(cluster);
    await logs.see([crash]);
    delete kept['web-1 current'];
    const second = { ...crash, logFrom: { ...logFrom, run: 'run-2' } };
    await logs.see([second]);
    expect(asked).toEqual(['web-1 current', 'web-1 current', 'web-1 previous']);
    expect(await logs.logOf(second)).toBe('first');
  });

  it('are those of the run before where the container was started again', async () => {
    const { cluster } = logging({ 'web-1 current': 'starting', 'web-1 previous': 'FATAL' });
    expect(await createLogKeeper(cluster).logOf({ ...crash, logFrom: { ...logFrom, previous: true } })).toBe('FATAL');
  }); // biome-ignore format: one line

  it('are left alone while a container only isn’t ready', async () => {
    const { cluster, asked } = logging({});
    const { termination: _, ...unready } = crash;
    await createLogKeeper(cluster).see([unready]);
    expect(asked).toEqual([]);
  });
});

const secret = (name: string, namespace: string, data: Record<string, string> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  data,
});
const missing: MissingReference = { kind: 'Secret', namespace: 'shop', name: 'db' };
const missingKey: MissingReference = { ...missing, key: 'URL' };
const pruned: ObjectChange = {
  identity: { group: '', kind: 'Secret', namespace: 'shop', name: 'db' },
  action: 'pruned',
  fields: [],
};
const configMapElsewhere: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', namespace: 'other' },
};
const certificate: KubernetesObject = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name: 'tls', namespace: 'shop' },
  spec: { secretName: 'db' },
};

describe('what is missing (G3)', () => {
  it.each<[string, MissingReference, KubernetesObject[], KubernetesObject[], ObjectChange[], string]>([
    ['is in another namespace of the release', missing, [secret('db', 'other')], [configMapElsewhere], [], "Secret 'db' exists in namespace 'other', not in 'shop'"],
    ['differs by case', missing, [secret('Db', 'shop')], [], [], "Secret 'Db' exists: names differ by case"],
    ['is deleted by this release', missing, [], [], [pruned], "Secret 'db' is deleted by this release: its bundle no longer holds it"],
    ['is made by an object of the release', missing, [], [certificate], [], 'Certificate.cert-manager.io shop/tls of this release makes it, and has not yet'],
    ['lacks a key, in the release', missingKey, [], [secret('db', 'shop', { user: '' })], [], "Secret shop/db of this release has no key 'URL'; it has user"],
    ['has a key that differs by case, in the cluster', missingKey, [secret('db', 'shop', { url: '' })], [], [], "Secret 'db' has a key 'url': keys differ by case"],
    ['is nowhere', missing, [], [], [], "Nothing in this release brings Secret 'db' in namespace 'shop': add it to the bundle, or have it made there first"],
  ])('%s', async (_, wanted, there, objects, changes, text) => {
    const cluster = createMemoryCluster({ clock, namespaces: ['shop', 'other'] });
    for (const each of there) await cluster.apply(each, 'write');
    expect(await checkReference({ ...crash, missing: wanted }, { cluster, objects, changes })).toBe(text);
  }); // biome-ignore format: a table
});

describe('a diagnosis', () => {
  const examine = async (cause: Cause, log: string, objects: readonly KubernetesObject[], troubles: readonly Cause[]) => {
    const cluster = { ...createMemoryCluster({ clock }), log: async () => log };
    const logs = createLogKeeper(cluster);
    return diagnose(cause, { cluster, objects, changes: [], evidence: {}, logs, now: clock.now(), troubles, remedied: [] });
  }; // biome-ignore format: one call

  it('is a text for people: headline, log, facts, the rest folded under it, and the command', async () => {
    const other = { ...crash, object: { ...object, name: 'api' }, summary: 'cannot be scheduled' };
    expect(diagnosisText(await examine(crash, 'starting\nFATAL: no database\n', [], [crash, other]))).toBe(
      [
        "Deployment.apps shop/web: container 'main' crashed (exit code 139, SIGSEGV) in 2 of 2 new pods: FATAL: no database",
        '  starting',
        '  FATAL: no database',
        '(it ran 3 s, restarted 1 time, exit code 139 is SIGSEGV: segmentation fault)',
        'Also: Deployment.apps shop/api: cannot be scheduled in 2 of 2 new pods',
        'More: kubectl -n shop logs web-1 -c main --previous',
      ].join('\n'),
    );
  });

  it('is free of the release’s secrets, in the log and in the cluster’s words', async () => {
    const value = Buffer.from('correct-horse').toString('base64');
    const cause = { ...crash, detail: 'refused: correct-horse' };
    const diagnosis = await examine(cause, 'using correct-horse', [secret('db', 'shop', { key: value })], []);
    expect(JSON.stringify(diagnosis)).not.toContain('correct-horse');
    expect(diagnosis).toMatchObject({ log: ['using [redacted]'], cause: { detail: 'refused: [redacted]' } });
  });
});
