import { describe, expect, it } from 'vitest';
import { appliedAt, at, condition, judge, live, type Row, saying } from './live.ts';

const isReady = [condition('Ready', 'True')];
const notReady = [condition('Ready', 'False', 'ContainersNotReady')];

function waiting(reason: string, message?: string, more: object = {}): object {
  const state = { waiting: { reason, ...(message === undefined ? {} : { message }) } };
  return { phase: 'Pending', conditions: notReady, containerStatuses: [{ name: 'web', state, ...more }] };
}

function ended(exitCode: number, restartCount: number, more: object = {}): object {
  const terminated = { exitCode, reason: 'Error', finishedAt: at(3), ...more };
  return {
    phase: 'Running',
    conditions: notReady,
    containerStatuses: [{ name: 'web', restartCount, state: { terminated } }],
  };
}

const never = { restartPolicy: 'Never' };
const onFailure = { restartPolicy: 'OnFailure' };

describe('a bare Pod (§8, §9)', () => {
  it.each<Row>([
    ['that nobody has seen', {}, 'progressing', 'kubelet'],
    ['pending', { status: { phase: 'Pending' } }, 'progressing', 'is pending, not ready'],
    ['running and ready', { status: { phase: 'Running', conditions: isReady } }, 'ready'],
    [
      'running, not ready',
      { status: { phase: 'Running', conditions: notReady } },
      'progressing',
      'not ready',
    ],
    [
      'meant to end, still running',
      { spec: never, status: { phase: 'Running', conditions: isReady } },
      'progressing',
      'is running, not ended',
    ],
    [
      'to be tried again, still running',
      { spec: onFailure, status: { phase: 'Running', conditions: isReady } },
      'progressing',
      'not ended',
    ],
    ['succeeded', { spec: never, status: { phase: 'Succeeded', conditions: notReady } }, 'ready'],
    [
      'failed',
      {
        spec: never,
        status: {
          phase: 'Failed',
          containerStatuses: [{ name: 'web', state: { terminated: { exitCode: 3 } } }],
        },
      },
      'failed',
      "'web' ended with exit code 3",
    ],
    [
      'evicted',
      { status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } },
      'failed',
      'Evicted',
    ],
    ['whose node is lost', { status: { phase: 'Unknown' } }, 'unknown', 'node'],
    ['creating its container', { status: waiting('ContainerCreating') }, 'progressing', 'is pending'],
    ['initializing', { status: waiting('PodInitializing') }, 'progressing', 'is pending'],
    [
      'backing off',
      { status: waiting('CrashLoopBackOff', 'back-off 10s') },
      'failed',
      'E2 CrashLoopBackOff: back-off',
    ],
    [
      'backing off, to be tried again',
      { spec: onFailure, status: waiting('CrashLoopBackOff') },
      'progressing',
      'crashes',
    ],
    ['of an unusable image', { status: waiting('InvalidImageName') }, 'failed', 'E1b'],
    ['of an image that is never pulled', { status: waiting('ErrImageNeverPull') }, 'failed', 'E1b'],
    ['of an image that cannot be pulled', { status: waiting('ImagePullBackOff') }, 'failed', 'E1a'],
    [
      'that cannot be configured',
      { status: waiting('CreateContainerConfigError', 'secret "x" not found') },
      'failed',
      'E4',
    ],
    ['that cannot start', { status: waiting('RunContainerError', 'exec: no such file') }, 'failed', 'E3'],
    [
      'with an error that nobody listed',
      { status: waiting('PostStartHookError') },
      'failed',
      'PostStartHookError',
    ],
    ['with a reason that objects have by nature', { status: waiting('constructor') }, 'progressing'],
    ['ended once', { status: ended(1, 0) }, 'progressing', 'exit code 1'],
    ['ended twice', { status: ended(1, 1) }, 'failed', 'E2'],
    ['ended twice without a fault', { status: ended(0, 1) }, 'failed', 'exit code 0'],
    ['out of memory twice', { status: ended(137, 1, { reason: 'OOMKilled' }) }, 'failed', 'E2c'],
    ['never to be restarted, a container failed', { spec: never, status: ended(1, 0) }, 'failed', 'E2'],
    ['never to be restarted, a container done', { spec: never, status: ended(0, 0) }, 'progressing'],
    ['to be tried again, failed five times', { spec: onFailure, status: ended(1, 5) }, 'progressing'],
    [
      'not ready since a crash before the apply',
      { status: ended(1, 9, { finishedAt: at(-60) }) },
      'progressing',
      'not ready',
    ],
    [
      'unschedulable',
      {
        status: {
          phase: 'Pending',
          conditions: [
            condition('PodScheduled', 'False', 'Unschedulable', { message: '0/3 nodes are available' }),
          ],
        },
      },
      'progressing',
      'scheduler',
    ],
    [
      'without its claim',
      {
        status: {
          phase: 'Pending',
          conditions: [
            condition('PodScheduled', 'False', 'Unschedulable', {
              message: 'persistentvolumeclaim "data" not found',
            }),
          ],
        },
      },
      'failed',
      'E7',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('v1', 'Pod', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });

  it.each<[string, object, number, number]>([
    [
      'a refused image that the kubelet backs off from',
      waiting('ImagePullBackOff', 'manifest unknown'),
      -1,
      0,
    ],
    ['a refused image at its first try', waiting('ErrImagePull', 'manifest unknown'), 179, 180],
    ['a registry in trouble (E1a)', waiting('ImagePullBackOff', 'i/o timeout'), 179, 180],
    ['a missing reference (E4)', waiting('CreateContainerConfigError', 'configmap "x" not found'), 9, 10],
    [
      'a start that may yet succeed (E3)',
      waiting('RunContainerError', 'context deadline exceeded'),
      119,
      120,
    ],
  ])('has its time for %s', (_, status, before, after) => {
    const object = live('v1', 'Pod', { status });
    if (before >= 0) expect(judge(object, before)).toMatchObject({ verdict: 'progressing' });
    expect(judge(object, after)).toMatchObject({ verdict: 'failed' });
  });

  it('waits for a secret that the release brings', () => {
    const object = live('v1', 'Pod', {
      status: waiting('CreateContainerConfigError', 'secret "x" not found'),
    });
    expect(
      judge(object, 3600, { objects: [live('v1', 'Secret', { metadata: { name: 'x' } })] }).verdict,
    ).toBe('progressing');
  });

  it('fails by an init container, once that has failed twice (E11)', () => {
    const container = {
      name: 'migrate',
      restartCount: 1,
      state: { terminated: { exitCode: 2, finishedAt: at(3) } },
    };
    const initContainerStatuses = [
      { name: 'wait', restartCount: 4, state: { terminated: { exitCode: 0 } } },
      container,
    ];
    const health = judge(live('v1', 'Pod', { status: { phase: 'Pending', initContainerStatuses } }));
    expect(saying(health)).toContain("init container 'migrate' ended (exit code 2)");
    expect(health).toMatchObject({ verdict: 'failed', cause: { rule: 'E11' } });
  });

  it('that restarted and is ready again tells when, for the stability window (E15)', () => {
    const containerStatuses = [
      { name: 'web', restartCount: 1, lastState: { terminated: { exitCode: 1, finishedAt: at(7) } } },
    ];
    const object = live('v1', 'Pod', {
      status: { phase: 'Running', conditions: isReady, containerStatuses },
    });
    expect(judge(object)).toEqual({ verdict: 'ready', disturbedAt: appliedAt + 7000 });
  });
});
