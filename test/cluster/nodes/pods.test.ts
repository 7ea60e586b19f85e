import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Json, sender } from '../api.ts';
import { makeNamespace } from '../namespace.ts';

const plane = inject('plane');
const namespace = 'pods';
const pods = `/api/v1/namespaces/${namespace}/pods`;

interface Row {
  readonly image?: string;
  readonly container?: Json;
  readonly spec?: Json;
  /** Picks what must be so out of the container's status. */
  readonly reaches: (status: Json) => boolean;
}

const shell = (script: string) => ({ command: ['sh', '-c', script] });
const web = { port: 8080 };
const often = { periodSeconds: 1, failureThreshold: 1 };
const ended = (exitCode: number, reason: string) => (status: Json) =>
  [status.state, status.lastState].some(
    ({ terminated }) => terminated?.exitCode === exitCode && terminated.reason === reason,
  );
const waits =
  (...reasons: readonly string[]) =>
  (status: Json) =>
    reasons.includes(status.state.waiting?.reason);

/** What a pod can come to, by how it is told. */
const rows: Readonly<Record<string, Row>> = {
  serves: {
    container: { readinessProbe: { httpGet: web, periodSeconds: 1 } },
    reaches: ({ ready }) => ready,
  },
  crashes: { image: 'shop/app-crash:1', reaches: ended(1, 'Error') },
  'backs off': { image: 'shop/app-crash:1', reaches: waits('CrashLoopBackOff') },
  'exits with 0': { image: 'shop/app-exit:1', reaches: ended(0, 'Completed') },
  'exits with 7': { container: shell('exit 7'), reaches: ended(7, 'Error') },
  'cannot be pulled': { image: 'shop/app-missing:1', reaches: waits('ErrImagePull', 'ImagePullBackOff') },
  'has a bad image name': { image: 'shop/App:1', reaches: waits('InvalidImageName') },
  'runs out of memory': {
    container: { ...shell('tail /dev/zero'), resources: { limits: { memory: '20Mi' } } },
    reaches: ended(137, 'OOMKilled'),
  },
  'lacks a secret': {
    container: { envFrom: [{ secretRef: { name: 'none' } }] },
    reaches: waits('CreateContainerConfigError'),
  },
  'is alive but not ready': {
    image: 'shop/app-unready:1',
    container: { readinessProbe: { httpGet: web, ...often } },
    reaches: ({ started, ready }) => started === true && !ready,
  },
  'is ended by its liveness probe': {
    image: 'shop/app-unready:1',
    container: { livenessProbe: { httpGet: web, ...often } },
    reaches: ({ restartCount }) => restartCount > 0,
  },
};

describe.skipIf(plane.missingForNodes.length > 0)('a pod on a real node', () => {
  const send = sender(plane, plane.adminToken);
  const nameOf = (title: string) => title.replaceAll(' ', '-');
  async function until<T>(read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = await read();
      if (isRight(value)) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  beforeAll(async () => {
    await makeNamespace(plane, namespace);
    for (const [title, { image = 'shop/web:1', container, spec }] of Object.entries(rows)) {
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: nameOf(title) },
        spec: { containers: [{ name: 'main', image, ...container }], ...spec },
      };
      const { status, text } = await send({ method: 'POST', path: pods, body });
      if (status !== 201) throw new Error(text);
    }
  });

  it.each(Object.entries(rows))('%s', async (title, { reaches }) => {
    const read = async () => (await send({ path: `${pods}/${nameOf(title)}` })).body;
    await until(read, ({ status }) => status.containerStatuses?.some(reaches) === true);
  });

  it('has a log', async () => {
    const { text } = await send({ path: `${pods}/crashes/log` });
    expect(text).toBe('Error: cannot read configuration\n');
  });

  it('answers over its own address', async () => {
    const { body } = await send({ path: `${pods}/serves` });
    expect(await (await fetch(`http://${body.status.podIP}:8080/`)).text()).toBe('ok\n');
  });
});
