import { describe, expect, it } from 'vitest';
import type { ReleaseContent } from '#domain/content.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { forwardOnly, rollbackNotes, versionsLost } from '#domain/rollback-rules.ts';

const object = (apiVersion: string, kind: string, fields: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a', namespace: 'shop' },
  ...fields,
});
const job = (conditions: readonly object[] = []) => object('batch/v1', 'Job', { status: { conditions } });
const completed = job([{ type: 'Complete', status: 'True' }]);
const failed = job([{ type: 'Failed', status: 'True' }]);
const release = (
  objects: readonly KubernetesObject[],
  rollback?: ReleaseContent['rollback'],
): ReleaseContent => ({
  application: 'shop',
  release: 7,
  environment: 'production',
  bundle: { bucket: 'b', key: 'k', versionId: 'v', files: [] },
  objects,
  notes: [],
  ...(rollback === undefined ? {} : { rollback }),
});

describe('what people read of a way back', () => {
  it.each([
    [
      'no old ReplicaSet is kept (R4)',
      release([object('apps/v1', 'Deployment', { spec: { revisionHistoryLimit: 0 } })]),
      'revisionHistoryLimit 0',
    ],
    ['there is none (R6)', release([], 'forward-only'), 'a failure stops for a person'],
  ])('when %s', (_, content, text) => {
    expect(rollbackNotes(content)).toEqual([expect.stringContaining(text)]);
  });

  it('is nothing otherwise', () => {
    expect(rollbackNotes(release([object('apps/v1', 'Deployment', { spec: {} })], 'safe'))).toEqual([]);
  });
});

describe('a release that goes forward only (KUBERNETES.md R6)', () => {
  it.each([
    ['stays once its Job has completed', release([job()], 'forward-only'), [completed], true],
    ['stays when it has no Job to tell by', release([], 'forward-only'), [], true],
    ['goes back while its Job is not through', release([job()], 'forward-only'), [job()], false],
    ['goes back when its Job failed', release([job()], 'forward-only'), [failed], false],
    ['goes back when its Job was never made', release([job()], 'forward-only'), [], false],
    ['goes back when it says that this is safe', release([job()], 'safe'), [completed], false],
    ['goes back when it says nothing', release([job()]), [completed], false],
  ])('%s', (_, content, jobs, stays) => {
    const reason = forwardOnly(content, jobs);
    expect(reason !== undefined).toBe(stays);
    if (stays) expect(reason).toContain('release 7 declares `rollback: forward-only`');
  });
});

describe('versions that an older definition does not know (KUBERNETES.md R7)', () => {
  const definition = (...versions: readonly string[]) =>
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      spec: { versions: versions.map((name) => ({ name })) },
      status: { storedVersions: versions },
    });
  it.each([
    ['are those in which objects are stored', definition('v1'), definition('v1', 'v2'), ['v2']],
    ['are none where it knows them all', definition('v1', 'v2'), definition('v1'), []],
    ['are none where there is no definition', definition('v1'), undefined, []],
  ])('%s', (_, older, live, lost) => expect(versionsLost(older, live)).toEqual(lost));
});
