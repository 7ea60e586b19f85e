import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { instant } from '#domain/instant.ts';
import { casesOf, judgeCase } from '../../engine/health-case.ts';
import { peerVerdictOf } from '../../engine/peer-verdict.ts';

interface IntendedDifference {
  readonly id: string;
  readonly ours: string;
  readonly peer: string;
  readonly rule: string;
  readonly why: string;
}

const shared = process.env.TIDEGATE_SHARED ?? join(import.meta.dirname, '../../../../shared');
const folder = join(shared, 'k8s-data/health-cases');
const isPresent = existsSync(folder);
if (!isPresent) console.warn(`health cases are skipped: no folder '${folder}' (TIDEGATE_SHARED)`);

const listFile = join(import.meta.dirname, '../../engine/intended-differences.json');
const intended: readonly IntendedDifference[] = JSON.parse(readFileSync(listFile, 'utf8'));
const now = instant(Date.UTC(2026, 10, 21, 9));

function readCases() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.flatMap((file) => casesOf(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
}

describe.skipIf(!isPresent)('health cases of the peers', () => {
  const results = isPresent ? readCases().map((each, index) => judgeCase(each, index, now)) : [];

  it('are all there, each with a verdict of its peer', () => {
    expect(results.length).toBeGreaterThanOrEqual(99);
    expect(results.filter(({ peer }) => peer === null)).toEqual([]);
  });

  it('agree, or stand in the list of intended differences as they are', () => {
    const differing = results
      .filter(({ ours, peer }) => ours !== peer)
      .map(({ id, ours, peer }) => ({ id, ours, peer }));
    const listed = intended.map(({ id, ours, peer }) => ({ id, ours, peer }));
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect(differing.toSorted(byId)).toEqual(listed.toSorted(byId));
  });
});

describe('the list of intended differences', () => {
  it.each(intended)('gives a rule and a reason for $id', ({ rule, why }) => {
    expect(rule).toMatch(/^(H|E|O)/);
    expect(why.length).toBeGreaterThan(20);
  });
});

describe("a peer's verdict", () => {
  it.each<[string, unknown, string | undefined]>([
    ['our own word, given by who collected the case', { status: 'Current', normalized: 'failed' }, 'failed'],
    ['kstatus: Current', { status: 'Current' }, 'ready'],
    ['kstatus: InProgress', { status: 'InProgress' }, 'progressing'],
    ['kstatus: Terminating', { status: 'Terminating' }, 'deleting'],
    ['Argo CD: Healthy', { status: 'Healthy', message: '' }, 'ready'],
    ['Argo CD: Degraded', { health: { status: 'Degraded' } }, 'failed'],
    ['Argo CD: Suspended', 'Suspended', 'suspended'],
    ['Argo Rollouts: Paused', { phase: 'Paused' }, 'suspended'],
    ['kubectl: not done', { done: false, error: false }, 'progressing'],
    ['kubectl: an error', { done: true, error: true }, 'failed'],
    ['kapp: done without success', { done: true, successful: false }, 'failed'],
    ['Helm: ready', { ready: true, error: null }, 'ready'],
    ['Helm: not ready', { ready: false }, 'progressing'],
    ['Helm: an error', { ready: false, error: 'job is failed' }, 'failed'],
    ['a bare boolean', true, 'ready'],
    ['nothing that is known', { colour: 'green' }, undefined],
    ['a word that objects have by nature', { status: 'constructor' }, undefined],
  ])('is read from %s', (_, expected, verdict) => {
    expect(peerVerdictOf(expected)).toBe(verdict);
  });
});

describe('a case', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, status: { phase: 'Succeeded' } };

  it.each<[string, object]>([
    ['input', { input: pod }],
    ['inputs', { kind: 'Pod', inputs: [{ apiVersion: 'v1', kind: 'ConfigMap' }, pod] }],
    ['object', { object: pod }],
    ['resource', { resource: pod }],
    ['an object without version and metadata', { kind: 'Pod', group: '', input: { status: pod.status } }],
  ])('may hold its object as %s', (_, fields) => {
    const result = judgeCase({ id: 'it', expected: { status: 'Healthy' }, ...fields }, 0, now);
    expect(result).toEqual({
      id: 'it',
      ours: 'ready',
      peer: 'ready',
      reason: 'all that its kind is asked for holds',
    });
  });

  it('without an object is unknown, and says so', () => {
    expect(judgeCase({ name: 'empty' }, 3, now)).toEqual({
      id: 'empty',
      ours: 'unknown',
      peer: null,
      reason: 'the case holds no object',
    });
  });

  it('lies in a list, or in an object that holds one', () => {
    expect(casesOf([{ id: 1 }, 'noise'])).toEqual([{ id: 1 }]);
    expect(casesOf({ source: 'x', cases: [{ id: 1 }] })).toEqual([{ id: 1 }]);
    expect(() => casesOf({ id: 1 })).toThrow('neither a list of cases');
    expect(() => casesOf('text')).toThrow('neither a list of cases');
  });
});
