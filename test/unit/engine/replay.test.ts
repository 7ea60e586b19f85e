import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Expected, Recording } from '../../engine/recording.ts';
import { replayRecording, type Verdict } from '../../engine/replay-recording.ts';

interface IndexEntry {
  readonly file: string;
  readonly scenario: string;
  readonly expected: Expected;
}

const shared = process.env.TIDEGATE_SHARED ?? join(import.meta.dirname, '../../../../shared');
const folder = join(shared, 'k8s-data/recordings');
const isThere = existsSync(join(folder, 'INDEX.json'));
if (!isThere) console.log(`replays skipped: no ${folder} (TIDEGATE_SHARED)`);
const read = <Content>(file: string): Content => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const entries = isThere ? read<readonly IndexEntry[]>('INDEX.json') : [];
const verdicts = new Map<string, Promise<Verdict>>();
const replayed = (file: string): Promise<Verdict> => {
  const known = verdicts.get(file) ?? replayRecording(read<Recording>(file));
  verdicts.set(file, known);
  return known;
};

// What the cause must name, per scenario; the index words it for people.
const named: Readonly<Record<string, RegExp>> = {
  'crash-loop': /'main' crashed \(exit code 3\)/,
  'create-container-config-error-nonroot': /runAsNonRoot/,
  'ds-crash': /crashed \(exit code 7\)/,
  'err-image-never-pull': /localhost\/nope:9.*ErrImageNeverPull/,
  'image-pull-backoff': /localhost\/nope:9.* cannot be pulled/,
  'init-crash': /init container 'mig' failed \(exit code 1\)/,
  'invalid-image-name': /UPPER\/Bad:tag:x.*InvalidImageName/,
  'job-deadline': /DeadlineExceeded/,
  'job-fail': /BackoffLimitExceeded.*'c' crashed \(exit code 2\)/,
  'job-suspended': /spec\.suspend/,
  'missing-configmap-envfrom': /configmap "missing" not found/,
  'missing-secret-env': /secret "missing" not found/,
  'missing-serviceaccount': /ServiceAccount 'missing-sa' does not exist/,
  'oom-killed': /OOMKilled, limit 8Mi/,
  paused: /spec\.paused/,
  'pvc-no-class': /StorageClass 'nope' does not exist/,
  'pvc-wffc-no-consumer': /ready for now/,
  'quota-exceeded': /ResourceQuota 'q'.*limited: pods=1/,
  'readiness-fails': /HTTP GET :8080\/nope.*statuscode: 404/,
  'run-container-error': /\/no\/such\/binary/,
  'sts-crash': /crashed \(exit code 7\)/,
  'svc-loadbalancer-pending': /load-balancer controller/,
  'unschedulable-cpu': /Insufficient cpu/,
  'unschedulable-selector': /didn't match Pod's node affinity/,
  'update-good-to-crash': /'main' crashed \(exit code 3\)/,
  'update-good-to-notready': /statuscode: 404/,
};

// Seconds from the apply by which the rule gives its verdict, as KUBERNETES.md §9 has it measured; 2 s are added. The
// recordings' Deployments have a progress deadline of 20 s, which the controller is up to 1 s late with.
const ruleSeconds: Readonly<Record<string, number>> = {
  E1a: 15,
  E1b: 1.1,
  E2: 3.6,
  E2c: 3.6,
  E3: 1,
  E4: 10,
  E6: 21,
  E7: 0.02,
  E9: 21,
  E11: 3.6,
  E13: 12.7,
  E14: 13.7,
  H: 0,
  'H PVC': 0,
  'H Service': 2,
};
// A healthy release is ready as soon as its controllers say so (3 s at the most here), and after its window of 10 s.
const readySeconds = 13;

describe.skipIf(!isThere)('npm run replay, over recordings of real clusters', () => {
  it('knows what each failing scenario must name', () => {
    const unnamed = entries.filter(({ expected, scenario }) => expected.rootCause !== '' && !named[scenario]);
    expect(unnamed.map(({ scenario }) => scenario)).toEqual([]);
  });

  for (const { file, scenario, expected } of entries) {
    it(`${file}: ${expected.verdict} ${expected.rule}`, async () => {
      const { verdict, rule, cause, atMilliseconds } = await replayed(file);
      expect({ verdict, rule }).toEqual({ verdict: expected.verdict, rule: expected.rule });
      expect(cause).toMatch(named[scenario] ?? /^$/);
      const seconds = rule === '' ? readySeconds : (ruleSeconds[rule] ?? 0);
      expect(atMilliseconds / 1000).toBeLessThan(seconds + 2);
    });
  }

  const failing = entries.filter(({ expected }) => !expected.verdict.startsWith('ready'));

  it.each(failing.map(({ file }) => file))('%s: the diagnosis as recorded', async (file) => {
    const { diagnosis } = await replayed(file);
    const golden = join(import.meta.dirname, '../../fixtures/diagnoses', file);
    await expect(`${JSON.stringify(diagnosis, null, 2)}\n`).toMatchFileSnapshot(golden);
  });

  it('finds crashes twice seen even where the window is shorter than their back-off', async () => {
    for (const { file, scenario } of failing.filter((each) => /crash-loop|oom-killed/.test(each.scenario))) {
      const policy = { stabilityWindowSeconds: 3, deadlineSeconds: 600 };
      const { verdict } = await replayRecording(read<Recording>(file), policy);
      expect({ scenario, verdict }).toEqual({ scenario, verdict: 'failed' });
    }
  });
});
