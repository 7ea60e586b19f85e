import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { PodSpec } from '#domain/workload.ts';
import { deployment, image, namespace, service } from './deployment-harness.ts';
import { failing, type Staged, start } from './observed-rollout.ts';
import {
  all,
  changed,
  containers,
  deployments,
  endedTwice,
  events,
  pods,
  refused,
  unready,
  unscheduled,
  waiting,
} from './rollout-stages.ts';

const web = deployment('web', image('web'));

/** The usual Deployment with more in its pods' spec. */
function withPodSpec(spec: Partial<PodSpec>): KubernetesObject {
  const { template, ...rest } = web.spec as { readonly template: { readonly spec: PodSpec } };
  return { ...web, spec: { ...rest, template: { ...template, spec: { ...template.spec, ...spec } } } };
}

const subject = `Deployment.apps ${namespace}/web`;
const inAll = 'in 2 of 2 new pods';
const exceeded = 'exceeded quota: pods, requested: pods=1, used: pods=4, limited: pods=4';
const denied = 'admission webhook "policy" denied the request: runs as root';
const initStatus = (exitCode: number) => ({
  initContainerStatuses: [{ name: 'migrate', ...endedTwice(exitCode) }],
  containerStatuses: [{ name: 'main', ready: false, state: { waiting: { reason: 'PodInitializing' } } }],
});

describe('Observe fails a rollout early', () => {
  it.each<[string, string, Partial<Staged> & Pick<Staged, 'stage'>, number, string]>([
    [
      'E1a',
      'an image that the registry does not have, asked for by each of two pods',
      { stage: waiting('ErrImagePull', 'manifest unknown') },
      0,
      `${subject}: image '${image('web')}' cannot be pulled ${inAll}: manifest unknown`,
    ],
    [
      'E1a',
      'an image whose registry does not answer for three minutes',
      { stage: waiting('ErrImagePull', 'dial tcp: i/o timeout') },
      180,
      `${subject}: image '${image('web')}' cannot be pulled ${inAll}: dial tcp: i/o timeout`,
    ],
    [
      'E1b',
      'an image that is no image',
      { stage: waiting('InvalidImageName', 'invalid reference format') },
      0,
      `${subject}: image '${image('web')}' cannot be used (InvalidImageName) ${inAll}: invalid reference format`,
    ],
    [
      'E2',
      'a container that crashed twice',
      { stage: containers(endedTwice(3)), log: 'starting\nFATAL: no database\n' },
      0,
      `${subject}: container 'main' crashed (exit code 3) ${inAll}: FATAL: no database`,
    ],
    [
      'E2b',
      'a container that is done, again and again',
      { stage: containers(endedTwice(0, 'Completed')), log: 'done\n' },
      0,
      `${subject}: container 'main' exited with code 0, but is meant to keep running ${inAll}: done`,
    ],
    [
      'E2c',
      'a container that is killed for its memory',
      {
        stage: containers(endedTwice(137, 'OOMKilled')),
        objects: [
          withPodSpec({
            containers: [{ name: 'main', image: image('web'), resources: { limits: { memory: '8Mi' } } }],
          }),
        ],
        log: 'loading\n',
      },
      0,
      `${subject}: container 'main' ran out of memory (OOMKilled, limit 8Mi) ${inAll}: loading`,
    ],
    [
      'E3',
      'a command that is not in the image',
      { stage: waiting('RunContainerError', 'exec: "serve": executable file not found in $PATH') },
      0,
      `${subject}: container 'main' cannot start ${inAll}: exec: "serve": executable file not found in $PATH`,
    ],
    [
      'E3',
      'a container that the runtime cannot start for two minutes',
      { stage: waiting('CreateContainerError', 'context deadline exceeded') },
      120,
      `${subject}: container 'main' cannot start ${inAll}: context deadline exceeded`,
    ],
    [
      'E4',
      'a Secret that is nowhere',
      { stage: waiting('CreateContainerConfigError', 'secret "missing" not found') },
      10,
      `${subject}: container 'main' cannot be configured ${inAll}: secret "missing" not found`,
    ],
    [
      'E5',
      'a volume of a ConfigMap that is nowhere',
      {
        stage: all(
          pods({ containerStatuses: [] }),
          events('/Pod', 'FailedMount', 'MountVolume.SetUp failed: configmap "missing" not found'),
        ),
      },
      10,
      `${subject}: a volume cannot be mounted ${inAll}: MountVolume.SetUp failed: configmap "missing" not found`,
    ],
    [
      'E6',
      'pods that are refused',
      { stage: refused(denied, start) },
      5,
      `${subject}: its pods are refused by admission webhook 'policy': ${denied}`,
    ],
    [
      'E6',
      'pods that were refused twice',
      { stage: all(refused(denied, start), events('apps/ReplicaSet', 'FailedCreate', denied, 2)) },
      0,
      `${subject}: its pods are refused by admission webhook 'policy': ${denied}`,
    ],
    [
      'E6',
      'a quota that does not free itself in a minute',
      { stage: refused(exceeded, start) },
      60,
      `${subject}: its pods are refused: they exceed ResourceQuota 'pods': ${exceeded}`,
    ],
    [
      'E7',
      'a claim that is nowhere',
      { stage: unscheduled('persistentvolumeclaim "data" not found') },
      30,
      `${subject}: cannot be scheduled ${inAll}: persistentvolumeclaim "data" not found`,
    ],
    [
      'E10',
      'a container that its liveness probe kills',
      {
        stage: all(
          containers(endedTwice(137)),
          events('/Pod', 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
        ),
        log: 'serving\n',
      },
      0,
      `${subject}: container 'main' was killed by its liveness probe (exit code 137, SIGKILL) ${inAll}: serving`,
    ],
    [
      'E11',
      'an init container that failed twice',
      {
        stage: pods(initStatus(1)),
        objects: [withPodSpec({ initContainers: [{ name: 'migrate', image: image('web') }] })],
        log: 'no such table\n',
      },
      0,
      `${subject}: init container 'migrate' failed (exit code 1) ${inAll}: no such table`,
    ],
    [
      'H4',
      'a controller that has given up',
      {
        stage: all(
          unready,
          deployments((each) => ({
            ...each,
            spec: { ...each.spec, progressDeadlineSeconds: 20 },
            status: {
              ...each.status,
              conditions: [
                {
                  type: 'Progressing',
                  status: 'False',
                  reason: 'ProgressDeadlineExceeded',
                  lastUpdateTime: '2026-11-21T09:00:00Z',
                },
              ],
            },
          })),
        ),
      },
      0,
      `${subject}: exceeded its progress deadline of 20 s: 0 of 2 pods ready`,
    ],
    [
      'H Service',
      'a selector that matches nothing once all is ready',
      { stage: (evidence) => evidence, objects: [web, service('front', 'wbe')] },
      0.3,
      `Service ${namespace}/front: its selector 'app=wbe' matches no pod`,
    ],
  ])('%s: %s', async (rule, _, staged, seconds, headline) => {
    const { failure, afterSeconds } = await failing({ objects: [web], ...staged });
    expect(failure).toMatchObject({ name: 'RolloutFailedError', facts: { rule } });
    expect(failure.message.split('\n')[0]).toBe(headline);
    expect(afterSeconds).toBeGreaterThanOrEqual(seconds);
    expect(afterSeconds).toBeLessThan(seconds + 0.2);
  });

  it('with the facts that logs and pages need, and the command that shows more', async () => {
    const { failure } = await failing({
      objects: [web],
      stage: containers(endedTwice(3)),
      log: 'one\n\ntwo\n',
    });
    const pod = /logs (\S+) /.exec(failure.message)?.[1];
    expect(failure.message.split('\n').slice(1)).toEqual([
      '  one',
      '  two',
      '(restarted 1 time)',
      `More: kubectl -n ${namespace} logs ${pod} -c main --previous`,
    ]);
    expect(failure.facts).toEqual({
      rule: 'E2',
      object: subject,
      uid: expect.any(String),
      restarts: 1,
      more: `kubectl -n ${namespace} logs ${pod} -c main --previous`,
      container: 'main',
      exitCode: 3,
      affectedPods: 2,
      newPods: 2,
      log: ['one', 'two'],
    });
  });

  it('with no value of the release’s Secrets, whatever the log says', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'web-key', namespace },
      stringData: { key: 'correct-horse-battery' },
    };
    const log = 'using key correct-horse-battery\n';
    const { failure } = await failing({ stage: containers(endedTwice(1)), objects: [secret, web], log });
    expect(failure.message).toContain('using key [redacted]');
    expect(JSON.stringify([failure.message, failure.facts])).not.toContain('correct-horse');
  });

  it('when there is no log any more', async () => {
    const { failure } = await failing({ objects: [web], stage: containers(endedTwice(3)) });
    expect(failure.message).toContain('\n(its log is empty or gone)\n');
  });

  it('naming the cause that explains the others', async () => {
    const stage = all(containers(endedTwice(1)), (evidence) =>
      changed(evidence, '/Pod', (pod, index) =>
        index === 0
          ? pod
          : {
              ...pod,
              status: {
                ...pod.status,
                containerStatuses: [
                  {
                    name: 'main',
                    ready: false,
                    state: { waiting: { reason: 'InvalidImageName', message: 'bad' } },
                  },
                ],
              },
            },
      ),
    );
    expect((await failing({ objects: [web], stage })).failure).toMatchObject({
      facts: { rule: 'E1b', affectedPods: 1 },
    });
  });
});
