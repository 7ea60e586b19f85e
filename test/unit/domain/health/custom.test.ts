import { describe, expect, it } from 'vitest';
import { appliedAt, at, condition, judge, live, type Row, saying } from './live.ts';

const widget = (status?: object, metadata: object = {}) =>
  live('example.com/v1', 'Widget', { metadata, ...(status === undefined ? {} : { status }) });
const having = (...conditions: object[]) => ({ conditions });

describe('a custom resource of no known kind, by its conditions (§8)', () => {
  it.each<Row>([
    ['Ready', having(condition('Ready', 'True')), 'ready'],
    [
      'not Ready',
      having(condition('Ready', 'False', 'Creating')),
      'progressing',
      'Ready is False (Creating)',
    ],
    ['Ready unknown', having(condition('Ready', 'Unknown', 'SyncError')), 'progressing'],
    [
      'not Ready for a terminal reason',
      having(condition('Ready', 'False', 'ReconcileError', { message: 'no such table' })),
      'failed',
      'no such table',
    ],
    [
      'not Ready, graded an error',
      having(condition('Ready', 'False', 'AuthorizationFailed', { severity: 'Error' })),
      'failed',
    ],
    [
      'Ready, though something else is not',
      having(condition('Ready', 'True'), condition('Available', 'False', 'Failed')),
      'ready',
    ],
    ['Available', having(condition('Available', 'True')), 'ready'],
    ['not Healthy', having(condition('Healthy', 'False', 'Rejected')), 'failed', 'Healthy'],
    ['Ready and Synced', having(condition('Ready', 'True'), condition('Synced', 'True')), 'ready'],
    [
      'Ready, not Synced',
      having(condition('Ready', 'True'), condition('Synced', 'False', 'ReconcileError')),
      'failed',
      'Synced',
    ],
    ['Synced alone', having(condition('Synced', 'True')), 'ready'],
    ['Succeeded', having(condition('Succeeded', 'True')), 'ready'],
    ['Ready written as a boolean', { conditions: [{ type: 'Ready', status: true }] }, 'ready'],
  ])('%s', (_, status, verdict, says = '') => {
    const health = judge(widget(status));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });

  it.each(['BuildFailed', 'SyncError', 'InvalidSpec', 'AccessDenied', 'PlanRejected'])(
    'has a minute to get over %s',
    (reason) => {
      const object = widget(having(condition('Ready', 'False', reason)));
      expect(judge(object, 59)).toMatchObject({ verdict: 'progressing', recheckAt: appliedAt + 60_000 });
      expect(judge(object, 60).verdict).toBe('failed');
    },
  );
});

describe('a custom resource of no known kind, by its word (§8)', () => {
  it.each<[string, object, string]>([
    ['phase Running', { phase: 'Running' }, 'ready'],
    ['phase ready, in small letters', { phase: 'ready' }, 'ready'],
    ['state "In Progress"', { state: 'In Progress' }, 'progressing'],
    ['state CREATE_IN_PROGRESS, which nobody listed', { state: 'CREATE_SOMETHING' }, 'ready'],
    ['phase Failed', { phase: 'Failed', message: 'disk full' }, 'failed'],
    ['phase CreateFailed', { phase: 'CreateFailed' }, 'failed'],
    ['phase Paused', { phase: 'Paused' }, 'suspended'],
    ['phase Terminating', { phase: 'Terminating' }, 'deleting'],
    ['phase Unknown', { phase: 'Unknown' }, 'progressing'],
    ['health green', { health: 'green' }, 'ready'],
    ['health red, which a start goes through', { health: 'red' }, 'progressing'],
    ['currentState Initialized', { currentState: 'Initialized' }, 'ready'],
    ['a state that is no word', { state: { name: 'ready' } }, 'ready'],
  ])('%s', (_, status, verdict) => {
    expect(judge(widget(status)).verdict).toBe(verdict);
  });

  it('has a minute to get over a bad one, and ten seconds to mean a good one (H1)', () => {
    expect(judge(widget({ phase: 'Failed' }), 59).verdict).toBe('progressing');
    expect(judge(widget({ phase: 'Failed' }), 60).verdict).toBe('failed');
    expect(judge(widget({ phase: 'Running' }), 9)).toMatchObject({
      verdict: 'progressing',
      recheckAt: appliedAt + 10_000,
    });
    expect(judge(widget({ phase: 'Running' }), 10)).toEqual({ verdict: 'ready' });
    expect(judge(widget({ phase: 'Running', observedGeneration: 1 }), 1)).toEqual({ verdict: 'ready' });
  });
});

describe('a custom resource whose status tells nothing (§8)', () => {
  it('is ready after ten seconds at rest, and marked', () => {
    expect(judge(widget(), 9)).toMatchObject({ verdict: 'progressing', recheckAt: appliedAt + 10_000 });
    expect(judge(widget(), 10)).toEqual({ verdict: 'ready', unknownKind: true });
    expect(judge(widget(having(condition('Seen', 'False'))), 10)).toEqual({
      verdict: 'ready',
      unknownKind: true,
    });
  });

  it('is not at rest while anybody writes it', () => {
    const managedFields = [
      { manager: 'tidegate', time: at(0) },
      { manager: 'operator', time: at(30) },
    ];
    expect(judge(widget(undefined, { managedFields }), 39).verdict).toBe('progressing');
    expect(judge(widget(undefined, { managedFields }), 40)).toMatchObject({ unknownKind: true });
  });

  it('fails by a condition that says so', () => {
    expect(judge(widget(having(condition('Failed', 'True', 'Quota')))).verdict).toBe('failed');
    expect(judge(widget(having(condition('Degraded', 'False')))).verdict).toBe('ready');
  });
});
