import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { createMemoryDocumentStore } from '#adapters/memory/document-store.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { intentOf } from '#domain/intent.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { textRedactor } from '#domain/redaction.ts';
import type { Cluster } from '#ports/cluster.ts';
import { applyChange } from '../../functions/tasks/parts/apply-change.ts';
import { type Survey, surveyChanges } from '../../functions/tasks/parts/survey-changes.ts';
import { systemClock } from '../contract/cluster/system-clock.ts';
import { sender } from './api.ts';
import type { SharedPlane } from './shared-plane.ts';

/** Plans and applies releases on a real control plane, without the ledgers and the fence around it. */
export function createReleases(plane: SharedPlane, namespace: string) {
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfigFile);
  const requests: string[] = [];
  const cluster = counted(createKubeConfigCluster(config, systemClock), requests);
  const documents = createMemoryDocumentStore();
  const owner = { application: 'shop', environment: 'production', namespace };
  const policy = { conflicts: 'takeover' as const };
  const send = sender(plane, plane.adminToken);

  function contentOf(objects: readonly KubernetesObject[]): ReleaseContent {
    const bundle = { bucket: 'b', key: 'k', versionId: '1', files: [] };
    return { application: 'shop', release: 1, environment: 'production', bundle, objects, notes: [] };
  }

  function survey(
    objects: readonly KubernetesObject[],
    earlier: readonly ObjectChange[] = [],
    conflicts: 'takeover' | 'fail' = policy.conflicts,
  ): Promise<Survey> {
    const content = contentOf(objects);
    const keepOriginal = (object: LiveObject) => documents.put(object.metadata.uid ?? '', object);
    return surveyChanges({
      cluster,
      content,
      owner,
      policy: { conflicts },
      candidates: [],
      earlier,
      keepOriginal,
    });
  }

  /** Plans a release and applies what it changes; answers the plan. */
  async function release(objects: readonly KubernetesObject[]): Promise<Survey> {
    const planned = await survey(objects);
    const changes = new Map(planned.changes.map((change) => [identityText(change.identity), change]));
    const carrying = {
      cluster,
      clock: systemClock,
      conflicts: policy.conflicts,
      redact: textRedactor(objects),
      saveReplaced: async (object: LiveObject) => void (await documents.put('replaced', object)),
    };
    for (const intent of intentOf(objects, owner))
      await applyChange(carrying, intent, changes.get(identityText(identityOf(intent))));
    return planned;
  }

  return {
    cluster,
    documents,
    owner,
    requests,
    send,
    survey,
    release,
    namespace,
    live: (object: KubernetesObject) => cluster.read(addressOf(object)),
  };
}

function counted(cluster: Cluster, requests: string[]): Cluster {
  return {
    ...cluster,
    apply: (object, mode, options) => {
      requests.push(
        `${mode}${options?.force === true ? ' by force' : ''} ${object.kind} ${object.metadata.name}`,
      );
      return cluster.apply(object, mode, options);
    },
    read: (address) => {
      requests.push(`read ${address.kind} ${address.name}`);
      return cluster.read(address);
    },
    list: (request) => {
      requests.push(`list ${request.kind}`);
      return cluster.list(request);
    },
  };
}

/** Waits until something is so, at the longest 20 s. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not become so within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
