import * as k8s from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { callerOf, eventually, type Json } from './api.ts';

let cluster: LaptopCluster;
let api: ReturnType<typeof callerOf>;
let config: k8s.KubeConfig;
beforeAll(async () => {
  cluster = await startCluster();
  api = callerOf(cluster);
  config = new k8s.KubeConfig();
  config.loadFromString(cluster.kubeconfig('laptop'));
});
afterAll(() => cluster.stop());

const image = (letter: string) => `shop/web@sha256:${letter.repeat(64)}`;
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const pods = '/api/v1/namespaces/default/pods';

function deployment(name: string, image: string, spec: Json = {}, pod: Json = {}): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image, ports: [{ containerPort: 8080 }] }], ...pod },
      },
      ...spec,
    },
  };
}

const podsOf = async (name: string): Promise<Json[]> =>
  (await api.call('GET', `${pods}?labelSelector=app%3D${name}`)).body.items;
const podWhere = async (name: string, holds: (status: Json, pod: Json) => boolean): Promise<Json> => {
  const found = await eventually(
    () => podsOf(name),
    ([pod]) => pod !== undefined && holds(pod.status?.containerStatuses?.[0] ?? {}, pod),
  );
  return found[0];
};
const isComplete = ({ metadata, spec, status = {} }: Json) =>
  status.observedGeneration === metadata.generation &&
  status.updatedReplicas === spec.replicas &&
  status.availableReplicas === spec.replicas &&
  status.replicas === spec.replicas;
const read = async (name: string) => (await api.call('GET', `${deployments}/${name}`)).body;

describe('a rollout, through client-node', () => {
  it('replaces pods, as a watch sees it, and counts revisions', async () => {
    const seen: string[] = [];
    const watch = new k8s.Watch(config);
    const abort = await watch.watch(
      pods,
      { labelSelector: 'app=web', allowWatchBookmarks: true },
      (type, pod) => seen.push(`${type} ${pod.spec?.containers?.[0]?.image}`),
      () => {},
    );
    // The scheme's own port, which a URL leaves out.
    const probe = { httpGet: { path: '/', port: 80 } };
    const containers = (reference: string) => ({
      containers: [{ name: 'main', image: reference, ports: [{ containerPort: 80 }], readinessProbe: probe }],
    });
    await api.apply(`${deployments}/web`, deployment('web', '', { replicas: 2 }, containers(image('a'))));
    await eventually(() => read('web'), isComplete);
    await api.apply(`${deployments}/web`, deployment('web', '', { replicas: 2 }, containers(image('b'))));
    const done = await eventually(() => read('web'), isComplete);
    // Pods that are being deleted are no replicas any more, but still there.
    const left = await eventually(
      () => podsOf('web'),
      (found) => found.length === 2,
    );
    abort.abort();

    expect(done.status.conditions.find((it: Json) => it.type === 'Progressing').reason).toBe(
      'NewReplicaSetAvailable',
    );
    expect(done.metadata.annotations['deployment.kubernetes.io/revision']).toBe('2');
    expect(left.map((it) => it.status.containerStatuses[0].imageID)).toEqual([image('b'), image('b')]);
    expect(seen.filter((it) => it === `ADDED ${image('b')}`)).toHaveLength(2);
    expect(seen.filter((it) => it === `DELETED ${image('a')}`)).toHaveLength(2);
  });

  it('resumes a watch from a version, and says 410 when that is forgotten', async () => {
    const { body } = await api.call('GET', `${pods}?limit=1`);
    const version = Number(body.metadata.resourceVersion);
    await api.apply('/api/v1/namespaces/default/configmaps/seen', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'seen' },
    });
    const resumed = await api.call(
      'GET',
      `/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=${version}&timeoutSeconds=1`,
    );
    const events = resumed.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((it) => `${it.type} ${it.object.metadata.name}`)).toEqual(['ADDED seen']);
    const gone = await api.call('GET', `${pods}?watch=true&resourceVersion=-5`);
    expect(JSON.parse(gone.text)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  it('reads logs with client-node', async () => {
    const core = config.makeApiClient(k8s.CoreV1Api);
    const [pod] = (await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=web' })).items;
    const log = await core.readNamespacedPodLog({
      namespace: 'default',
      name: pod?.metadata?.name ?? '',
      tailLines: 1,
    });
    expect(log).toBe('listening on port 80\n');
  });
});

describe('images that misbehave', () => {
  it('crash: exits with 1, is restarted, and leaves its last words', async () => {
    await api.apply(`${deployments}/crash`, deployment('crash', 'shop/app-crash:1'));
    const pod = await podWhere('crash', (status) => status.restartCount > 0 && status.state.terminated);
    const [status] = pod.status.containerStatuses;
    expect(status.lastState.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    const log = await api.call('GET', `${pods}/${pod.metadata.name}/log?previous=true&tailLines=3`);
    expect(log.text).toContain('Error: cannot read configuration');
    expect((await read('crash')).status.availableReplicas).toBeUndefined();
  });

  it('exit: ends with 0, by its variable', async () => {
    const env = [{ name: 'LAPTOP_BEHAVIOR', value: 'exit' }];
    await api.apply(
      `${deployments}/exit`,
      deployment('exit', '', {}, { containers: [{ name: 'main', image: 'shop/app:1', env }] }),
    );
    const pod = await podWhere('exit', (status) => status.restartCount > 0);
    expect(pod.status.containerStatuses[0].lastState.terminated).toMatchObject({
      exitCode: 0,
      reason: 'Completed',
    });
  });

  it('missing: cannot be pulled, and an event says why', async () => {
    await api.apply(`${deployments}/missing`, deployment('missing', 'shop/app-missing:1'));
    const pod = await podWhere('missing', (status) =>
      /ErrImagePull|ImagePullBackOff/.test(status.state?.waiting?.reason),
    );
    const events = await api.call(
      'GET',
      `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${pod.metadata.name}`,
    );
    expect(events.body.items.map((it: Json) => it.message).join()).toContain(
      'failed to resolve reference "shop/app-missing:1"',
    );
  });

  it('unready: runs and is never ready; slow: is ready after its delay', async () => {
    await api.apply(`${deployments}/unready`, deployment('unready', 'shop/app-unready:1'));
    const env = [{ name: 'LAPTOP_DELAY_SECONDS', value: '1' }];
    await api.apply(
      `${deployments}/slow`,
      deployment('slow', '', {}, { containers: [{ name: 'main', image: 'shop/slow:1', env }] }),
    );
    await podWhere('slow', (status) => status.state?.running && !status.ready);
    await podWhere('slow', (status) => status.ready);
    await podWhere('unready', (status) => status.state?.running && !status.ready);
  });

  it('hang: does not hear SIGTERM and is killed when its grace is over', async () => {
    await api.apply(
      `${deployments}/hang`,
      deployment('hang', 'shop/app-hang:1', {}, { terminationGracePeriodSeconds: 1 }),
    );
    const pod = await podWhere('hang', (status) => status.state?.running);
    await api.call('DELETE', `${deployments}/hang`);
    const marked = await podWhere('hang', (_, it) => it.metadata.deletionTimestamp !== undefined);
    expect(marked.metadata).toMatchObject({ uid: pod.metadata.uid, deletionGracePeriodSeconds: 1 });
    await eventually(
      () => podsOf('hang'),
      (left) => left.length === 0,
    );
  });
});

describe('namespaces', () => {
  it('are furnished, and go with all they hold', async () => {
    const created = await api.apply('/api/v1/namespaces/team', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'team' },
    });
    expect(created.body.status.phase).toBe('Active');
    await eventually(
      () => api.call('GET', '/api/v1/namespaces/team/serviceaccounts/default'),
      (it) => it.status === 200,
    );
    const body = deployment('web', 'shop/web:1');
    await api.apply('/apis/apps/v1/namespaces/team/deployments/web', body);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports: [{ port: 80 }] },
    };
    await api.apply('/api/v1/namespaces/team/services/web', service);
    await api.call('DELETE', '/api/v1/namespaces/team');
    const refused = await api.apply('/api/v1/namespaces/team/services/other', {
      ...service,
      metadata: { name: 'other' },
    });
    expect([403, 404]).toContain(refused.status);
    await eventually(
      () => api.call('GET', '/api/v1/namespaces/team'),
      (it) => it.status === 404,
    );
    expect((await api.call('GET', '/api/v1/namespaces/team/pods')).body.items).toEqual([]);
  });
});
