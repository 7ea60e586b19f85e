import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryApprovalLedger } from '#adapters/memory/approval-ledger.ts';
import { createMemoryDocumentStore } from '#adapters/memory/document-store.ts';
import { createMemoryExecutions } from '#adapters/memory/executions.ts';
import { createMemoryPipelineArchive } from '#adapters/memory/pipeline-archive.ts';
import { createMemoryPromotionLedger } from '#adapters/memory/promotion-ledger.ts';
import { createMemoryReleaseLedger } from '#adapters/memory/release-ledger.ts';
import { createMemoryTargetLedger } from '#adapters/memory/target-ledger.ts';
import { createMemoryTaskTokens } from '#adapters/memory/task-tokens.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { instant } from '#domain/instant.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { pipelineSchema } from '#domain/pipeline.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import { settleRelease } from '#tasks/settle-release.ts';
import { type LaptopCluster, startCluster } from '../../local/cluster/server.ts';
import { type ClusterState, createClusterReader } from './cluster-state.ts';
import { type Ended, type MachineSettings, runPromotion } from './machine.ts';
import { createJournal, type Journal, type Sandbox, startSandbox } from './sandbox.ts';

export const application = 'shop';
export const environment = 'production';
const promotionMachine = 'arn:aws:states:us-east-1:000000000000:stateMachine:promotion';

/** What a promotion machine runs its tasks in. */
export interface Sandboxes {
  take(): Promise<Sandbox>;
  giveBack(sandbox: Sandbox): void;
  granted(promotion: PromotionInput): Promise<{ readonly fence: number }>;
}

/** A laptop cluster that many worlds share, each in a namespace of its own. */
export interface FaultCluster {
  readonly laptop: LaptopCluster;
  readonly kubeconfigFile: string;
  world(): Promise<FaultWorld>;
  stop(): Promise<void>;
}

export async function startFaultCluster(): Promise<FaultCluster> {
  const laptop = await startCluster();
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  const kubeconfigFile = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigFile, laptop.kubeconfig('laptop'));
  let worlds = 0;
  return {
    laptop,
    kubeconfigFile,
    world() {
      worlds += 1;
      return startWorld(laptop, kubeconfigFile, `run-${worlds}`);
    },
    async stop() {
      await laptop.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export type FaultWorld = Awaited<ReturnType<typeof startWorld>>;

/** An empty target, its ledger, and processes that deploy to it. */
async function startWorld(laptop: LaptopCluster, kubeconfigFile: string, namespace: string) {
  const clock = {
    now: () => instant(Date.now()),
    sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
  };
  const ledgers = {
    releases: createMemoryReleaseLedger(),
    promotions: createMemoryPromotionLedger(),
    approvals: createMemoryApprovalLedger(),
    targets: createMemoryTargetLedger(),
    documents: createMemoryDocumentStore(),
    archive: createMemoryPipelineArchive(),
    tokens: createMemoryTaskTokens(),
  };
  const { releases, promotions, targets, documents } = ledgers;
  const executions = createMemoryExecutions();
  const reader = createClusterReader(laptop, namespace);
  await reader.createNamespace();
  const pipelineDigest = await ledgers.archive.keep(
    pipelineSchema.parse({
      apiVersion: 'tidegate.dev/v1',
      kind: 'Pipeline',
      application,
      environments: [
        {
          name: environment,
          cluster: { name: 'main' },
          namespace,
          stabilityWindowSeconds: 0,
          deadlineSeconds: 60,
        },
      ],
    }),
  );
  const idle: Sandbox[] = [];
  const all: Sandbox[] = [];
  const sandboxes: Sandboxes = {
    async take() {
      const ready = idle.pop();
      if (ready !== undefined) return ready;
      const made = await startSandbox(kubeconfigFile, ledgers);
      all.push(made);
      return made;
    },
    giveBack: (sandbox) => void (sandbox.isAlive() && idle.push(sandbox)),
    async granted(promotion) {
      const holder = await targets.holder({ application, environment });
      if (holder?.release !== promotion.release || holder.attempt !== promotion.attempt)
        throw new Error(`promotion ${promotion.release} was not granted the target`);
      return { fence: holder.fence };
    },
  };
  let uploads = 0;

  async function receive(objects: readonly KubernetesObject[]): Promise<PromotionInput> {
    uploads += 1;
    const bundle = { bucket: 'bundles', key: `${application}/v.zip`, versionId: String(uploads) };
    const { release } = await releases.receive({
      application,
      bundle,
      uploadedAt: instant(clock.now() + uploads),
      receivedAt: clock.now(),
      pipelineDigest,
      pipelinePins: {},
      environments: [environment],
    });
    const placed = objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
    const content: ReleaseContent = {
      application,
      release,
      environment,
      bundle: { ...bundle, files: [] },
      objects: placed,
      notes: [],
    };
    const reference = await documents.put(`contents/${application}/${release}/${environment}.json`, content);
    await releases.noteContents({ application, release }, { [environment]: reference });
    const opened = await promotions.open({
      application,
      release,
      environment,
      kind: 'promotion',
      requestedBy: `test-${release}`,
      openedAt: clock.now(),
    });
    return { application, release, environment, attempt: opened.attempt, kind: 'promotion' };
  }

  /** The execution died: what EventBridge starts then. Answers the rollback that it started, if it did. */
  async function settle(promotion: PromotionInput): Promise<PromotionInput | undefined> {
    const settled = await settleRelease({
      ...ledgers,
      executions,
      clock,
      stateMachines: { release: 'none', promotion: promotionMachine },
    })({
      detail: {
        executionArn: `arn:dead:${promotion.release}`,
        stateMachineArn: promotionMachine,
        name: 'dead',
        status: 'FAILED',
        input: JSON.stringify(promotion),
      },
    });
    return settled.kind === 'promotion' ? settled.rollback : undefined;
  }

  return {
    ...ledgers,
    namespace,
    receive,
    settle,
    promote: (
      promotion: PromotionInput,
      journal: Journal = createJournal(),
      settings: MachineSettings = {},
    ): Promise<Ended> => runPromotion(sandboxes, promotion, journal, settings),
    resume() {
      for (const sandbox of all) sandbox.resume();
    },
    /** Resolves when no process has anything to do any more. */
    idle: () => Promise.all(all.map((sandbox) => sandbox.idle())),
    state: (): Promise<ClusterState> => reader.read(),
    async stop() {
      for (const sandbox of all) sandbox.end();
      await reader.deleteNamespace();
    },
  };
}
