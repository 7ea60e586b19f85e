import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { afterAll, describe, expect, it } from 'vitest';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { Plan } from '#domain/plan.ts';
import { systemClock } from '../contract/cluster/system-clock.ts';
import { runCorpusFile } from '../engine/corpus-file.ts';
import { corpusObjects } from '../engine/corpus-objects.ts';
import { createTraces } from '../engine/corpus-traces.ts';
import { inputFiles } from '../engine/input-files.ts';
import { createDeploymentHarness, executionArn, namespace } from '../unit/tasks/deployment-harness.ts';
import { startControlPlane } from './control-plane/start.ts';

// Manifests of the world through the engine: each is taken whole, changes nothing the second time, and leaves nothing.

const shared = process.env.TIDEGATE_SHARED ?? join(import.meta.dirname, '../../../shared');
const folder = join(shared, 'k8s-data/corpus');
const files = existsSync(folder) ? inputFiles([folder], ['.yaml']) : [];
if (files.length === 0)
  console.log('corpus skipped: no k8s-data/corpus beside the checkout (TIDEGATE_SHARED)');

const config = new KubeConfig();
// A plane of its own: the harness' namespace has a fixed name, which deployments on the shared plane use.
const plane = await startControlPlane();
afterAll(() => plane.stop());
config.loadFromString(readFileSync(plane.kubeconfigFile, 'utf8'));
const connect = () => createKubeConfigCluster(config, systemClock);
const cluster = connect();
const settings = { cluster, connect, clock: systemClock, say: () => {} };

async function planOf(objects: Awaited<ReturnType<typeof corpusObjects>>, shuffle: boolean): Promise<Plan> {
  const harness = await createDeploymentHarness({
    cluster: connect(),
    clock: systemClock,
    policy: objects.policy,
  });
  const given = shuffle ? objects.objects.toReversed() : objects.objects;
  const promotion = await harness.open(await harness.receive(given));
  const planned = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
  if (planned.outcome === 'superseded') throw new Error('superseded');
  // Where the content lies is no part of what would be done.
  const { content: _, ...plan } = await harness.documents.get<Plan>(planned.plan.document);
  return plan as Plan;
}

describe.skipIf(files.length === 0)('the corpus', { timeout: 300_000 }, () => {
  it.each(files.map((file) => [basename(file), file]))('%s', async (_, file) => {
    const read = await corpusObjects(file, readFileSync(file), cluster, namespace);
    const traces = createTraces(settings);
    await traces.makeNamespaces([namespace, ...(read.policy.additionalNamespaces ?? [])], read.objects);
    expect(canonicalJson(await planOf(read, true))).toBe(canonicalJson(await planOf(read, false)));
    const line = await runCorpusFile(settings, file);
    expect(line).toEqual({
      file,
      objects: read.count,
      created: read.count,
      refused: [],
      secondApplyChanges: 0,
      pruned: read.count,
      leftOver: 0,
    });
    await traces.removeNamespaces();
  });
});
