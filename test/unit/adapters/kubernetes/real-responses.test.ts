import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AnswerClass, answerClass } from '#adapters/kubernetes/answer-class.ts';
import { apiStatus } from '#adapters/kubernetes/api-status.ts';

const shared =
  process.env.TIDEGATE_SHARED ?? join(resolve(import.meta.dirname, '../../../..'), '..', 'shared');
const folder = join(shared, 'k8s-data', 'real-responses');
const isThere = existsSync(folder);
if (!isThere) console.log(`skipped: no recorded answers of real API servers in ${folder}`);

/** What each recorded refusal means (KUBERNETES.md CL4), by its file's name without the number. */
const meanings: Readonly<Record<string, AnswerClass>> = {
  'ssa-conflict-after-scale': 'field-conflict',
  'ssa-conflict-on-changed-field': 'field-conflict',
  'immutable-selector': 'invalid',
  'selector-template-mismatch': 'invalid',
  'job-immutable-template': 'invalid',
  'sts-immutable-vct': 'invalid',
  'sts-immutable-serviceName': 'invalid',
  'svc-immutable-clusterip': 'invalid',
  'svc-two-ports-no-name': 'invalid',
  'cm-immutable-change': 'invalid',
  'secret-type-immutable': 'invalid',
  'rb-roleRef-immutable': 'invalid',
  'pvc-shrink': 'invalid',
  'ns-not-found': 'namespace-missing',
  'no-such-resource': 'not-served',
  'unknown-field-ssa': 'refused',
  'wrong-type-ssa': 'refused',
  forbidden: 'forbidden',
  unauthorized: 'unauthenticated',
  'quota-exceeded-2': 'refused',
  'quota-exceeded-3': 'refused',
  'quota-exceeded-4': 'refused',
  'duplicate-merge-key': 'refused',
  'managedFields-not-nil': 'refused',
  'no-fieldManager': 'invalid',
  'uid-precondition': 'invalid',
  'rv-precondition': 'changed-meanwhile',
  'delete-uid-precondition': 'changed-meanwhile',
  'webhook-denied': 'refused',
  'webhook-denied-422': 'refused',
  'webhook-unreachable': 'unavailable',
  'webhook-timeout': 'unavailable',
  'terminating-namespace': 'refused',
  'vap-denied': 'refused',
  'cr-cel-invalid': 'invalid',
  'cr-unknown-field-ssa': 'refused',
  'cr-unknown-field-ssa-ignore': 'refused',
  // The recorder sent a body that was cut off.
  'csa-migration-patch': 'refused',
};

interface Refusal {
  readonly name: string;
  readonly body: string;
  readonly status: number;
}

/** The recorded answers that are no success. */
function refusals(version: string): readonly Refusal[] {
  return readdirSync(join(folder, version)).flatMap((file) => {
    const body = readFileSync(join(folder, version, file), 'utf8');
    const name = file.replace(/^\d+b?-/, '').replace('.json', '');
    if (!body.trimStart().startsWith('{')) return [{ name, body, status: Number.parseInt(body, 10) }];
    const parsed = JSON.parse(body) as { kind: string; status: unknown; code: number };
    return parsed.kind === 'Status' && parsed.status === 'Failure'
      ? [{ name, body, status: parsed.code }]
      : [];
  });
}

describe.runIf(isThere)('recorded refusals of real API servers are classed by what they mean (CL4)', () => {
  const versions = isThere ? readdirSync(folder) : [];
  it.each(versions.flatMap((version) => refusals(version).map((refusal) => ({ version, ...refusal }))))(
    '$version $name',
    ({ name, body, status }) => {
      expect(answerClass(apiStatus({ status, headers: {}, body }))).toBe(meanings[name]);
    },
  );
});
