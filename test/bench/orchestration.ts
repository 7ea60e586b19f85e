import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ReleaseView } from '#domain/view.ts';
import type { Cluster } from '#ports/cluster.ts';
import { systemClock } from '#runtime/clock.ts';
import { decide } from '../../cli/approve/decide.ts';
import { showRelease } from '../../cli/aws/releases.ts';
import { putPipeline } from '../../cli/commands/pipeline-put.ts';
import { pushBundle } from '../../cli/commands/push.ts';
import { withOwnCloud } from '../../cli/laptop/with-cloud.ts';
import { invitationOf } from '../../cli/mail/approval-mail.ts';
import { readMailbox } from '../../cli/mail/mailbox.ts';
import { laptopTarget } from '../../cli/target/resolve.ts';
import type { Target } from '../../cli/target/target.ts';
import { holds, median, printSeries } from './report.ts';

const rounds = 5;
const barMilliseconds = 3000;
const never = new AbortController().signal;

type LaptopTarget = Extract<Target, { kind: 'laptop' }>;

/** The example bundle with a configuration of its own, so that every release restarts the pods. */
function bundleFor(folder: string, round: number): string {
  const bundle = join(folder, `round-${round}`);
  cpSync('examples/hello/v1', bundle, { recursive: true });
  const file = join(bundle, 'manifests/configmap.yaml');
  const map = parse(readFileSync(file, 'utf8')) as { data: Record<string, string> };
  writeFileSync(file, stringify({ ...map, data: { ...map.data, ROUND: String(round) } }));
  return bundle;
}

function objectsOf(bundle: string, namespace: string, round: number): KubernetesObject[] {
  const files = ['configmap', 'hello-banner', 'service', 'deployment'].map((name) =>
    join(bundle, `manifests/${name}.yaml`),
  );
  const objects = files.flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as KubernetesObject),
  );
  return objects.map((object) => {
    const own: KubernetesObject = { ...object, metadata: { ...object.metadata, namespace } };
    if (own.kind !== 'Deployment') return own;
    const spec = own.spec as { template: { metadata: object } };
    const annotated = { ...spec.template.metadata, annotations: { 'bench/round': String(round) } };
    return { ...own, spec: { ...spec, template: { ...spec.template, metadata: annotated } } };
  });
}

/** The same rollout without Tidegate: apply, then wait until the new pods alone are available. Milliseconds. */
async function directRollout(cluster: Cluster, bundle: string, round: number): Promise<number> {
  const namespace = 'direct';
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'write');
  const started = performance.now();
  for (const object of objectsOf(bundle, namespace, round)) await cluster.apply(object, 'write');
  for (;;) {
    const live = await cluster.read({
      apiVersion: 'apps/v1',
      group: 'apps',
      kind: 'Deployment',
      namespace,
      name: 'hello',
    } as never);
    const { spec, status } = live as unknown as {
      spec: { replicas: number };
      status?: Record<string, number>;
    };
    const generation = (live as unknown as { metadata: { generation: number } }).metadata.generation;
    const isDone =
      status?.observedGeneration === generation &&
      status.updatedReplicas === spec.replicas &&
      status.replicas === spec.replicas &&
      status.availableReplicas === spec.replicas;
    if (isDone) return performance.now() - started;
    await sleep(20);
  }
}

/** Approves as soon as it is asked; answers the ended release and for how long people were asked, milliseconds. */
async function release(target: LaptopTarget, path: string): Promise<{ view: ReleaseView; wall: number }> {
  const mailsBefore = (await readMailbox(target.cloud.mailbox)).length;
  const started = performance.now();
  const { bundle } = await pushBundle(target, path);
  let decided = false;
  for (;;) {
    const answer = await showRelease(target, { kind: 'upload', bundle });
    if (answer.kind === 'release' && answer.view.release.outcome !== undefined) {
      return { view: answer.view, wall: performance.now() - started };
    }
    const mails = decided ? [] : (await readMailbox(target.cloud.mailbox)).slice(mailsBefore);
    const asked = mails.flatMap((mail) => invitationOf(mail) ?? []).at(-1);
    if (asked !== undefined) {
      decided = true;
      await decide({ verdict: 'approved', link: asked.link, code: asked.code, comment: '' });
    }
    await sleep(20);
  }
}

function declaredWaits(view: ReleaseView, windowMilliseconds: number): number {
  const waited = view.promotions.map(({ requests }) => {
    const last = requests.at(-1);
    return last?.decision === undefined ? 0 : last.decision.decidedAt - last.openedAt;
  });
  return waited.reduce((sum, each) => sum + each + windowMilliseconds, 0);
}

/** What a release costs beside its declared waits and the rollouts themselves: staging, a decision, production. */
export async function benchOrchestration(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'orchestration-'));
  try {
    return await withOwnCloud(never, async (cloud) => {
      const target = (await laptopTarget(cloud)) as LaptopTarget;
      await putPipeline(target, 'examples/pipeline.yaml');
      const { environments } = parse(readFileSync('examples/pipeline.yaml', 'utf8')) as {
        environments: { stabilityWindowSeconds: number }[];
      };
      const window = (environments[0]?.stabilityWindowSeconds ?? 0) * 1000;
      const config = new KubeConfig();
      config.loadFromFile(cloud.kubeconfig);
      const cluster = createKubeConfigCluster(config, systemClock);
      const [walls, directs, overheads]: [number[], number[], number[]] = [[], [], []];
      for (let round = 0; round <= rounds; round += 1) {
        const bundle = bundleFor(folder, round);
        const direct = await directRollout(cluster, bundle, round);
        const { view, wall } = await release(target, bundle);
        if (view.release.outcome !== 'succeeded')
          throw new Error(`release ${round} ended ${view.release.outcome}: ${view.release.failure?.message}`);
        // The first round starts every sandbox and creates the objects: shown by the demo, not counted here.
        if (round === 0) continue;
        walls.push(wall);
        directs.push(direct);
        overheads.push(wall - declaredWaits(view, window) - environments.length * direct);
      }
      printSeries({ name: 'release, upload to end', unit: 'ms', values: walls });
      printSeries({ name: 'one rollout, applied directly', unit: 'ms', values: directs });
      printSeries({ name: 'overhead of orchestration', unit: 'ms', values: overheads });
      return holds({
        what: 'overhead of orchestration',
        value: median(overheads),
        atMost: barMilliseconds,
        unit: 'ms',
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
