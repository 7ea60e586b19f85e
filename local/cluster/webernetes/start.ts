import { behaviorOf, behaviorOfContainer } from '../images/behavior.ts';
import type { Json } from '../object.ts';
import type { Runtime, RuntimeOptions } from '../runtime.ts';
import { loadWebernetes } from './library.ts';
import { Program } from './program.ts';
import { recordRevisions } from './revisions.ts';
import { StoreState } from './state.ts';
import type { ImageService, WebernetesCluster } from './types.ts';

/** How often the kubelet looks at its containers; its own second makes pods start slowly. */
const relistPeriodMs = 150;
const ownImages = /^(webernetes\/|registry\.k8s\.io\/pause)/;

/** Starts webernetes' controllers, scheduler and one kubelet on our store. */
export async function startWebernetes(options: RuntimeOptions): Promise<Runtime> {
  const { Cluster } = await loadWebernetes();
  const cluster = new Cluster({ nodes: 1 });
  const state = new StoreState(options.registry, cluster.etcd.stateRef);
  cluster.etcd.state = state;
  cluster.etcd.stateRef = state;
  serveImages(cluster, options);
  for (const { kubelet, node } of cluster.servers) {
    kubelet.pleg.relistDuration.relistPeriodMs = relistPeriodMs;
    // Probes of pods that start within a period of the kubelet's own start wait at random, so that after a restart they
    // do not come all at once. Nothing was running before this kubelet.
    kubelet.probeManager.startedAt = new Date(0);
    node.status = { ...node.status, ...nodeStatus };
    node.metadata.labels = { 'kubernetes.io/hostname': node.metadata.name, 'kubernetes.io/os': 'linux' };
  }
  const stopRevisions = recordRevisions(options.registry);
  await cluster.init();
  return {
    async stop() {
      stopRevisions();
      await cluster.close();
    },
  };
}

const amounts = { cpu: '8', memory: '16Gi', pods: '250' };
const nodeStatus = {
  capacity: amounts,
  allocatable: amounts,
  nodeInfo: {
    kubeletVersion: 'v1.36.2',
    containerRuntimeVersion: 'containerd://2.0.0',
    operatingSystem: 'linux',
    architecture: 'amd64',
    osImage: 'laptop',
    kernelVersion: '',
    machineID: '',
    systemUUID: '',
    bootID: '',
    kubeProxyVersion: '',
  },
};

/** Lets every reference be an image: the library's own, or our program in its place. */
function serveImages(cluster: WebernetesCluster, { logs, clock }: RuntimeOptions): void {
  const { imageRegistry } = cluster;
  const create = imageRegistry.create.bind(imageRegistry);
  imageRegistry.has = () => true;
  imageRegistry.remove = () => {};
  imageRegistry.create = (image) => {
    if (ownImages.test(image)) return create(image);
    return new Program(image, logs, clock);
  };
  for (const { runtime } of cluster.servers) servePulls(runtime);
}

/** Images are absent until they are pulled; those that misbehave as missing never are. */
function servePulls(runtime: ImageService): void {
  const pulled = new Set<string>();
  const imageStatus = runtime.imageStatus.bind(runtime);
  runtime.imageStatus = async (context, image) =>
    ownImages.test(image.image) || pulled.has(image.image)
      ? imageStatus(context, image)
      : [{ image: undefined }, undefined];
  runtime.pullImage = async (_context, { image }, _credentials, sandbox) => {
    if (behaviorOf(image, variableFor(sandbox?.pod, image)) === 'missing') return ['', notFound(image)];
    pulled.add(image);
    return [image, undefined];
  };
}

function variableFor(pod: Json, image: string): string | undefined {
  const containers: Json[] = pod?.spec?.containers ?? [];
  const behaviors = containers.filter((it) => it.image === image).map(behaviorOfContainer);
  return behaviors.find((behavior) => behavior === 'missing');
}

function notFound(image: string): Error {
  return new Error(
    `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
  );
}
