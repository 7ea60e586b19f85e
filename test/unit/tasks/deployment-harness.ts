import { createMemoryApprovalLedger } from '#adapters/memory/approval-ledger.ts';
import { createMemoryCluster } from '#adapters/memory/cluster.ts';
import { createMemoryDocumentStore } from '#adapters/memory/document-store.ts';
import { createMemoryPipelineArchive } from '#adapters/memory/pipeline-archive.ts';
import { createMemoryPromotionLedger } from '#adapters/memory/promotion-ledger.ts';
import { createMemoryReleaseLedger } from '#adapters/memory/release-ledger.ts';
import type { ContainerBehaviour } from '#adapters/memory/rollout-pods.ts';
import { createMemoryTargetLedger } from '#adapters/memory/target-ledger.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { pipelineSchema } from '#domain/pipeline.ts';
import type { PlanReference, PromotionInput, PromotionKind } from '#domain/promotion.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import { advance } from '#tasks/advance.ts';
import { confirmPlan } from '#tasks/confirm-plan.ts';
import { observe } from '#tasks/observe.ts';
import { planPromotion } from '#tasks/plan-promotion.ts';
import { planRollback } from '#tasks/plan-rollback.ts';
import { verifyRollout } from '#tasks/verify-rollout.ts';

export const application = 'shop';
export const environment = 'production';
export const namespace = 'shop-production';
export const executionArn =
  'arn:aws:states:us-east-1:000000000000:execution:tidegate-promotion:shop-1-production-1';

/** A clock that only moves when somebody sleeps. */
export function createSteppedClock(
  start = Date.UTC(2026, 10, 21, 9, 0, 0),
): Clock & { advance(seconds: number): void } {
  let now = start;
  return {
    now: () => instant(now),
    async sleep(milliseconds) {
      now += milliseconds;
    },
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}

const behaviours: Readonly<Record<string, ContainerBehaviour>> = {
  'registry/crashes': {
    kind: 'crashes',
    exitCode: 1,
    log: 'starting\nFATAL: no database, password=hunter2\n',
  },
  'registry/never-ready': { kind: 'never-ready' },
};

/** An image of the harness: what stands before the digest says how its containers behave. */
export function image(name: 'web' | 'crashes' | 'never-ready', version = 1): string {
  return `registry/${name}@sha256:${String(version).padStart(64, '0')}`;
}

export function deployment(name: string, imageReference: string, replicas = 2): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'main',
              image: imageReference,
              envFrom: [{ configMapRef: { name: `${name}-settings` } }],
            },
          ],
        },
      },
    },
  };
}

export function configMap(name: string, data: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

export function service(name: string, app = name): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

/** The usual release: settings, a Deployment that reads them, its Service. */
export function shop(
  version: number,
  imageName: 'web' | 'crashes' | 'never-ready' = 'web',
): readonly KubernetesObject[] {
  return [
    configMap('web-settings', { greeting: `hello ${version}` }),
    deployment('web', image(imageName, version)),
    service('web'),
  ];
}

export interface HarnessSettings {
  readonly cluster?: Cluster;
  readonly clock?: Clock;
  readonly approvers?: readonly string[];
  readonly stabilityWindowSeconds?: number;
  readonly deadlineSeconds?: number;
  /** Other fields of the environment's policy, as its pipeline would say them. */
  readonly policy?: object;
}

/** Everything that deploys, over ledgers in this process and a cluster in this process or another one. */
export async function createDeploymentHarness(settings: HarnessSettings = {}) {
  const clock = settings.clock ?? createSteppedClock();
  const memory = createMemoryCluster({
    clock,
    namespaces: [namespace],
    behaviourOf: (reference) => behaviours[reference.split('@')[0] ?? ''] ?? { kind: 'runs' },
  });
  const cluster = settings.cluster ?? memory;
  const releases = createMemoryReleaseLedger();
  const promotions = createMemoryPromotionLedger();
  const approvals = createMemoryApprovalLedger();
  const targets = createMemoryTargetLedger();
  const documents = createMemoryDocumentStore();
  const archive = createMemoryPipelineArchive();
  const pipelineDigest = await archive.keep(
    pipelineSchema.parse({
      apiVersion: 'tidegate.dev/v1',
      kind: 'Pipeline',
      application,
      environments: [
        {
          name: environment,
          cluster: { name: 'main' },
          namespace,
          stabilityWindowSeconds: settings.stabilityWindowSeconds ?? 2,
          deadlineSeconds: settings.deadlineSeconds ?? 60,
          // Wide, so that a test is about the budget only where it says so.
          pruneBudget: { max: 1000, percent: 100 },
          ...settings.policy,
          ...(settings.approvers === undefined ? {} : { approval: { approvers: settings.approvers } }),
        },
      ],
    }),
  );
  const ports = {
    releases,
    archive,
    promotions,
    approvals,
    targets,
    documents,
    clusters: { of: async () => cluster },
    clock,
  };
  const tasks = {
    planPromotion: planPromotion(ports),
    confirmPlan: confirmPlan(ports),
    advance: advance(ports),
    observe: observe(ports, { watchSeconds: 50 }),
    verifyRollout: verifyRollout(ports),
    planRollback: planRollback(ports),
  };
  let uploads = 0;

  /** Takes in a release with this content for the environment, and what its `tidegate.yaml` says besides. */
  async function receive(objects: readonly KubernetesObject[], said: object = {}): Promise<number> {
    uploads += 1;
    const bundle = { bucket: 'bundles', key: `${application}/v.zip`, versionId: String(uploads) };
    const now = clock.now();
    const { release } = await releases.receive({
      application,
      bundle,
      uploadedAt: instant(now + uploads),
      receivedAt: now,
      pipelineDigest,
      pipelinePins: {},
      environments: [environment],
    });
    const content: ReleaseContent = {
      application,
      release,
      environment,
      bundle: { ...bundle, files: [] },
      objects,
      notes: [],
      ...said,
    };
    const reference = await documents.put(`contents/${application}/${release}/${environment}.json`, content);
    await releases.noteContents({ application, release }, { [environment]: reference });
    return release;
  }

  async function open(release: number, kind: PromotionKind = 'promotion'): Promise<PromotionInput> {
    const opened = await promotions.open({
      application,
      release,
      environment,
      kind,
      requestedBy: `test-${release}-${kind}`,
      openedAt: clock.now(),
    });
    return { application, release, environment, attempt: opened.attempt, kind };
  }

  async function acquire(promotion: PromotionInput): Promise<number> {
    const target = { application, environment };
    await targets.enqueue(target, { promotion, taskToken: 'token' });
    const grant = await targets.grantNext(target, clock.now(), secondsAfter(clock.now(), 300));
    if (grant === undefined) throw new Error('the target was not granted');
    await targets.markDelivered(target, grant.fence);
    return grant.fence;
  }

  /** The Deploy loop of the promotion machine, in one mode. Answers the inventory. */
  async function deploy(
    promotion: PromotionInput,
    mode: 'forward' | 'rollback',
    fence: number,
    plan: PlanReference,
  ) {
    let step = 0;
    for (;;) {
      let advanced = await tasks.advance({ ...promotion, mode, step, fence, plan });
      while (advanced.cursor !== undefined) {
        const { cursor } = advanced;
        advanced = await tasks.advance({ ...promotion, mode, step, fence, plan, cursor });
      }
      const { appliedAt } = advanced;
      let seen = await tasks.observe({ ...promotion, mode, step, fence, plan, appliedAt });
      while (seen.next === 'observe')
        seen = await tasks.observe({ ...promotion, mode, step, fence, plan, appliedAt });
      if (seen.next === 'verify') break;
      step = seen.step;
    }
    return tasks.verifyRollout({ ...promotion, mode, fence, plan });
  }

  /** A whole promotion that goes well, recorded as such. */
  async function promote(release: number, kind: PromotionKind = 'promotion') {
    const promotion = await open(release, kind);
    const planned = await tasks.planPromotion({ ...promotion, round: 1, executionArn });
    if (planned.outcome !== 'planned') return { promotion, planned };
    const fence = await acquire(promotion);
    await tasks.confirmPlan({ ...promotion, round: 1, plan: planned.plan, fence });
    const { inventory } = await deploy(promotion, 'forward', fence, planned.plan);
    const now: Instant = clock.now();
    const state = { release, attempt: promotion.attempt, promotedAt: now, inventory };
    await promotions.end(promotion, { outcome: 'promoted', endedAt: now }, state);
    await targets.release({ application, environment }, promotion);
    return { promotion, planned, inventory };
  }

  return { ...ports, tasks, cluster, memory, clock, receive, open, acquire, deploy, promote };
}

export type DeploymentHarness = Awaited<ReturnType<typeof createDeploymentHarness>>;
