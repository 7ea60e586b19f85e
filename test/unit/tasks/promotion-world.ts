import { createMemoryApprovalLedger } from '#adapters/memory/approval-ledger.ts';
import { createMemoryApprovalMailer } from '#adapters/memory/approval-mailer.ts';
import { createMemoryDocumentStore } from '#adapters/memory/document-store.ts';
import { createMemoryExecutions } from '#adapters/memory/executions.ts';
import { createMemoryPipelineArchive } from '#adapters/memory/pipeline-archive.ts';
import { createMemoryPromotionLedger } from '#adapters/memory/promotion-ledger.ts';
import { createMemoryReleaseLedger } from '#adapters/memory/release-ledger.ts';
import { createMemoryTargetLedger } from '#adapters/memory/target-ledger.ts';
import { createMemoryTaskTokens } from '#adapters/memory/task-tokens.ts';
import { type Instant, instant } from '#domain/instant.ts';
import { pipelineSchema } from '#domain/pipeline.ts';
import type { ObjectChange, Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput, PromotionKind } from '#domain/promotion.ts';
import type { TargetState } from '#ports/promotion-ledger.ts';

export const approvers = ['ana@example.com', 'bo@example.com'];

const pipeline = pipelineSchema.parse({
  apiVersion: 'tidegate.dev/v1',
  kind: 'Pipeline',
  application: 'shop',
  environments: [
    { name: 'staging', cluster: { name: 'dev' }, namespace: 'staging' },
    {
      name: 'production',
      cluster: { name: 'live' },
      namespace: 'production',
      approval: { approvers, expirySeconds: 3600 },
    },
  ],
});

/** One object of each kind of change, a Secret among them whose value nobody marked. */
export const changes: readonly ObjectChange[] = [
  {
    identity: { group: 'apps', kind: 'Deployment', namespace: 'production', name: 'web' },
    uid: 'u1',
    action: 'configured',
    fields: [
      { path: '/spec/template/spec/containers/0/image', from: 'shop@sha256:aaa', to: 'shop@sha256:bbb' },
    ],
  },
  {
    identity: { group: '', kind: 'Secret', namespace: 'production', name: 'keys' },
    uid: 'u2',
    action: 'configured',
    fields: [{ path: '/data/password', from: 'aHVudGVyMg==', to: 'aHVudGVyMw==' }],
  },
  {
    identity: { group: '', kind: 'ConfigMap', namespace: 'production', name: 'old' },
    uid: 'u3',
    action: 'pruned',
    fields: [],
  },
  {
    identity: { group: '', kind: 'ConfigMap', namespace: 'production', name: 'settings' },
    action: 'created',
    fields: [{ path: '/data/LOG_LEVEL', to: '<b>debug</b>' }],
  },
];

export const start = instant(Date.UTC(2026, 10, 20, 9, 0, 0));

function createClock() {
  let time: number = start;
  return {
    now: (): Instant => instant(time),
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
    set: (moment: number) => {
      time = moment;
    },
  };
}

function createSecrets() {
  let count = 0;
  return {
    linkId: () => `link-${++count}`,
    linkSecret: () => `very-secret-${count}`,
    decisionCode: () => `C0DE000${count}`,
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Everything the tasks from the plan to the end of a promotion need, in memory, with a clock that stands still. */
export async function createWorld() {
  const clock = createClock();
  const everybody = approvers.map((endpoint) => ({
    protocol: 'email',
    endpoint,
    filterPolicy: { approver: [endpoint] },
  }));
  const world = {
    clock,
    secrets: createSecrets(),
    releases: createMemoryReleaseLedger(),
    archive: createMemoryPipelineArchive(),
    promotions: createMemoryPromotionLedger(),
    approvals: createMemoryApprovalLedger(),
    targets: createMemoryTargetLedger(),
    documents: createMemoryDocumentStore(),
    executions: createMemoryExecutions(),
    tokens: createMemoryTaskTokens(),
    mailer: createMemoryApprovalMailer(everybody),
    linkFor: (linkId: string, secret: string) => `https://tidegate.example.com/live/a/${linkId}?k=${secret}`,
    stateMachines: { release: 'arn:machine:release', promotion: 'arn:machine:promotion' },
  };

  const pipelineDigest = await world.archive.keep(pipeline);
  return {
    ...world,

    /** Receives releases up to `count`, validated for both environments. */
    async receiveReleases(count: number): Promise<void> {
      for (let number = 1; number <= count; number++) {
        const { application, release } = await world.releases.receive({
          application: 'shop',
          bundle: { bucket: 'bundles', key: 'shop/app.zip', versionId: `v${number}` },
          uploadedAt: instant(start + number),
          receivedAt: instant(start + number),
          pipelineDigest,
          pipelinePins: {},
          environments: ['staging', 'production'],
        });
        const content = { bucket: 'documents', key: `contents/${release}`, versionId: '1' };
        await world.releases.noteContents(
          { application, release },
          { staging: content, production: content },
        );
      }
    },

    /** Opens a promotion of a received release. */
    async openPromotion(
      release: number,
      {
        environment = 'production',
        kind = 'promotion',
        requestedBy = 'walk',
      }: { environment?: string; kind?: PromotionKind; requestedBy?: string } = {},
    ): Promise<PromotionInput> {
      const openedAt = clock.now();
      const { application, attempt } = await world.promotions.open({
        application: 'shop',
        release,
        environment,
        kind,
        requestedBy,
        openedAt,
      });
      return { application, release, environment, attempt, kind };
    },

    /** Stores a plan of a promotion. */
    async storePlan(promotion: PromotionInput, planned = changes): Promise<PlanReference> {
      const plan: Plan = {
        ...promotion,
        replacesRelease: promotion.release - 1,
        content: { bucket: 'documents', key: `contents/${promotion.release}`, versionId: '1' },
        changes: planned,
        digest: `sha256:plan-${promotion.release}-${promotion.attempt}`,
        notes: [],
      };
      const document = await world.documents.put(`plans/${promotion.release}-${promotion.attempt}`, plan);
      return { document, digest: plan.digest, changes: planned.length };
    },

    /** Puts a good release on production's target. */
    async promoted(release: number, at: number): Promise<TargetState> {
      const promotion = await this.openPromotion(release, { requestedBy: `earlier-${at}` });
      const state = {
        release,
        attempt: promotion.attempt,
        promotedAt: instant(at),
        inventory: { bucket: 'documents', key: `inventories/${release}`, versionId: '1' },
      };
      await world.promotions.end(promotion, { outcome: 'promoted', endedAt: instant(at) }, state);
      return state;
    },
  };
}
