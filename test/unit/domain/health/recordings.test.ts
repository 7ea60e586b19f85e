import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeObject } from '#domain/health-rules.ts';
import type { Health } from '#domain/health-verdict.ts';
import { instant } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { Recording } from '../../../engine/recording.ts';

const shared = process.env.TIDEGATE_SHARED ?? join(import.meta.dirname, '../../../../../shared');
const recordingsFolder = [join(shared, 'k8s-data/recordings')].find((folder) => existsSync(folder));

if (recordingsFolder === undefined) console.warn('skipped: no k8s-data/recordings (TIDEGATE_SHARED)');

function readRecording(file: string): Recording {
  return JSON.parse(readFileSync(join(recordingsFolder ?? '', file), 'utf8'));
}

/** Every verdict on objects of a resource, in the order in which a watch showed them, but on those being deleted. */
function verdictsOf(file: string, resource: string): readonly Health[] {
  const { events, manifest, applied } = readRecording(`${file}.json`);
  const first = events.find(({ object }) => object.metadata.creationTimestamp !== undefined);
  const start = Date.parse(String(first?.object.metadata.creationTimestamp)) - (first?.t ?? 0);
  const appliedAt = instant(start + (applied.at(-1)?.t ?? 0));
  return events
    .filter((event) => event.resource === resource && event.type !== 'DELETED')
    .map(({ t, object }) =>
      judgeObject(object as LiveObject, { now: instant(start + t), appliedAt, objects: manifest }),
    )
    .filter(({ verdict }) => verdict !== 'deleting');
}

describe.skipIf(recordingsFolder === undefined)('objects of real clusters, alone', () => {
  it.each([
    ['1.20.2-ok', 'deployments', 'ready'],
    ['1.36.2-ok', 'deployments', 'ready'],
    ['1.36.2-update-crash-to-good', 'deployments', 'ready'],
    ['1.20.2-zero-replicas', 'deployments', 'ready'],
    ['1.36.2-zero-replicas', 'deployments', 'ready'],
    ['1.20.2-paused', 'deployments', 'suspended'],
    ['1.36.2-paused', 'deployments', 'suspended'],
    ['1.36.2-readiness-fails', 'deployments', 'failed'],
    ['1.20.2-sts-ok', 'statefulsets', 'ready'],
    ['1.36.2-sts-ok', 'statefulsets', 'ready'],
    ['1.20.2-ds-ok', 'daemonsets', 'ready'],
    ['1.36.2-ds-ok', 'daemonsets', 'ready'],
    ['1.20.2-job-ok', 'jobs', 'ready'],
    ['1.36.2-job-ok', 'jobs', 'ready'],
    ['1.20.2-job-fail', 'jobs', 'failed'],
    ['1.36.2-job-deadline', 'jobs', 'failed'],
    ['1.36.2-job-suspended', 'jobs', 'suspended'],
    ['1.36.2-pdb-ok', 'poddisruptionbudgets', 'ready'],
    ['1.36.2-pvc-no-class', 'persistentvolumeclaims', 'progressing'],
    ['1.36.2-svc-loadbalancer-pending', 'services', 'progressing'],
  ])('%s: %s end as %s', (file, resource, verdict) => {
    expect(verdictsOf(file, resource).at(-1)?.verdict).toBe(verdict);
  });

  it.each([
    ['1.20.2-job-fail', 'jobs'],
    ['1.36.2-job-fail', 'jobs'],
    ['1.36.2-job-deadline', 'jobs'],
    ['1.36.2-quota-exceeded', 'deployments'],
    ['1.36.2-missing-serviceaccount', 'deployments'],
    ['1.36.2-image-pull-backoff', 'deployments'],
    ['1.36.2-image-pull-backoff', 'pods'],
    ['1.36.2-run-container-error', 'pods'],
    ['1.36.2-unschedulable-selector', 'pods'],
  ])('%s: %s are never ready', (file, resource) => {
    const verdicts = verdictsOf(file, resource).map(({ verdict }) => verdict);
    expect(verdicts.length).toBeGreaterThan(0);
    expect(verdicts).not.toContain('ready');
  });

  it.each([
    ['1.20.2-crash-loop', 'E2'],
    ['1.36.2-crash-loop', 'E2'],
    ['1.36.2-oom-killed', 'E2c'],
    ['1.36.2-init-crash', 'E11'],
    ['1.36.2-invalid-image-name', 'E1b'],
    ['1.36.2-err-image-never-pull', 'E1b'],
    ['1.36.2-run-container-error', 'E3'],
    ['1.36.2-sts-crash', 'E2'],
  ])('%s: every pod that fails does so by %s, whatever it goes through', (file, rule) => {
    const failures = verdictsOf(file, 'pods').flatMap((health) =>
      health.verdict === 'failed' ? health.cause.rule : [],
    );
    expect(new Set(failures)).toEqual(new Set([rule]));
  });
});
