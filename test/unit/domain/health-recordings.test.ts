import { describe, expect, it } from 'vitest';
import { type IndexEntry, type Recording, readRecording, recordingsFolder, replay } from './recording.ts';

const policy = { stabilityWindowSeconds: 10, deadlineSeconds: 120 };

// What the root cause's text must name, per scenario; the index words it for people.
const namedCause: Readonly<Record<string, RegExp>> = {
  'crash-loop': /'main' crashed \(exit code 3\)/,
  'create-container-config-error-nonroot': /runAsNonRoot/,
  'err-image-never-pull': /localhost\/nope:9.*ErrImageNeverPull/,
  'image-pull-backoff': /localhost\/nope:9.* cannot be pulled/,
  'init-crash': /init container 'mig' failed \(exit code 1\)/,
  'invalid-image-name': /UPPER\/Bad:tag:x.*InvalidImageName/,
  'missing-configmap-envfrom': /configmap "missing" not found/,
  'missing-secret-env': /secret "missing" not found/,
  'missing-serviceaccount': /serviceaccount "missing-sa" not found/,
  'oom-killed': /OOMKilled, limit 8Mi/,
  'quota-exceeded': /exceeded quota: q/,
  'readiness-fails': /statuscode: 404/,
  'run-container-error': /no such file or directory/,
  'unschedulable-cpu': /Insufficient cpu/,
  'unschedulable-selector': /didn't match Pod's node affinity/,
  'update-good-to-crash': /'main' crashed \(exit code 3\)/,
  'update-good-to-notready': /statuscode: 404/,
};

// Seconds from the apply to the verdict: the rule's own time and 2 s (KUBERNETES.md §15).
const latestVerdictSeconds: Readonly<Record<string, number>> = {
  E1a: 17,
  E1b: 3,
  E2: 5.6,
  E2c: 5.6,
  E3: 3,
  E4: 12,
  E6: 24,
  E7: 24,
  E9: 24,
  E11: 5.6,
};

// Not judged here, with the reason.
const left: Readonly<Record<string, string>> = {
  'pvc-no-class': 'PersistentVolumeClaim (E14) is not a supported kind yet',
  'svc-loadbalancer-pending': 'the recording holds no Service objects; see health-service.test.ts',
};

if (recordingsFolder === undefined)
  console.log('recordings skipped: no k8s-data/recordings beside the checkout (TIDEGATE_SHARED)');

describe.skipIf(recordingsFolder === undefined)(
  'Deployment verdicts against recordings of real clusters',
  () => {
    const entries = recordingsFolder === undefined ? [] : readRecording<IndexEntry[]>('INDEX.json');
    const cases = entries
      .map((entry) => ({ ...entry, recording: readRecording<Recording>(entry.file) }))
      .filter(({ recording }) => recording.applied.some(({ ref }) => ref.startsWith('Deployment/')));

    it('judges every recording of a Deployment but the listed ones', () => {
      expect(cases.length).toBeGreaterThan(35);
      expect(cases.filter(({ scenario }) => left[scenario] !== undefined)).toHaveLength(3);
    });

    for (const { file, scenario, expected, recording } of cases) {
      if (left[scenario] !== undefined) continue;
      it(`${file}: ${expected.verdict}`, () => {
        const { decision, afterMilliseconds } = replay(recording, policy);
        if (expected.verdict === 'ready') {
          expect(decision.kind).toBe('stable');
          expect(afterMilliseconds).toBeLessThan(15_000);
          return;
        }
        if (expected.verdict === 'suspended') {
          expect(decision).toMatchObject({
            kind: 'deadline',
            waitingFor: [expect.stringContaining('is paused')],
          });
          return;
        }
        // `blocked` and `failed-at-deadline` end at the Deployment's own progress deadline of 20 s, naming the cause.
        expect(decision).toMatchObject({ kind: 'failed', cause: { rule: expected.rule } });
        if (decision.kind !== 'failed') return;
        expect(`${decision.cause.summary}: ${decision.cause.detail ?? ''}`).toMatch(
          namedCause[scenario] ?? /^never$/,
        );
        expect(afterMilliseconds / 1000).toBeLessThan(latestVerdictSeconds[expected.rule] ?? 0);
      });
    }

    it('calls no failing rollout ready, even without a stability window before the first crash is seen twice', () => {
      const crashing = cases.filter(({ scenario }) => ['crash-loop', 'oom-killed'].includes(scenario));
      expect(crashing).toHaveLength(4);
      for (const { recording } of crashing) {
        const { decision } = replay(recording, { ...policy, stabilityWindowSeconds: 3 });
        expect(decision.kind).toBe('failed');
      }
    });
  },
);
