import type { Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import { systemClock } from '#runtime/clock.ts';
import {
  application,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  executionArn,
} from '../../unit/tasks/deployment-harness.ts';
import { type Cost, type MeterSettings, metered } from './meter.ts';
import { mixedObjects } from './objects.ts';
import { connectTidegate } from './tidegate-cluster.ts';

/** What a process of its own is to apply. */
export interface ApplyJob extends MeterSettings {
  readonly kubeconfigFile: string;
  readonly namespace: string;
  readonly count: number;
}

/** What it cost, task by task. */
export interface ApplyReport {
  readonly plan: Cost;
  readonly apply: Cost;
  readonly verify: Cost;
  /** The same once more, until it is confirmed that nothing changes: all that such a promotion does. */
  readonly planAgain: Cost;
  readonly confirmAgain: Cost;
  readonly changesAgain: number;
  /** Processor time of this process while it applied, in seconds. */
  readonly applyProcessorSeconds: number;
  readonly mostInFlight: number;
  readonly peakMebibytes: number;
}

type Opened = PromotionInput & { readonly plan: PlanReference };

async function planned(harness: DeploymentHarness, job: ApplyJob): Promise<Opened> {
  const promotion = await harness.open(await harness.receive(mixedObjects(job.count, job.namespace)));
  const answer = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
  if (answer.outcome === 'superseded') throw new Error('the plan was superseded');
  return { ...promotion, plan: answer.plan };
}

async function advanceAll(harness: DeploymentHarness, opened: Opened, fence: number): Promise<void> {
  const { stages = [] } = await harness.documents.get<Plan>(opened.plan.document);
  for (const step of stages.keys()) {
    const input = { ...opened, mode: 'forward' as const, step, fence };
    let { cursor } = await harness.tasks.advance(input);
    while (cursor !== undefined) ({ cursor } = await harness.tasks.advance({ ...input, cursor }));
  }
}

async function verify(harness: DeploymentHarness, opened: Opened, fence: number): Promise<void> {
  const { inventory } = await harness.tasks.verifyRollout({ ...opened, mode: 'forward', fence });
  const endedAt = harness.clock.now();
  const { release, attempt } = opened;
  const state = { release, attempt, promotedAt: endedAt, inventory };
  await harness.promotions.end(opened, { outcome: 'promoted', endedAt }, state);
  await harness.targets.release({ application, environment }, opened);
}

async function run(job: ApplyJob): Promise<ApplyReport> {
  const { cluster, mostInFlight } = connectTidegate(job.kubeconfigFile);
  const harness = await createDeploymentHarness({
    cluster,
    clock: systemClock,
    policy: { namespace: job.namespace },
  });
  const first = await metered(job, () => planned(harness, job));
  const fence = await harness.acquire(first.value);
  const processor = process.cpuUsage();
  const applied = await metered(job, () => advanceAll(harness, first.value, fence));
  const { user, system } = process.cpuUsage(processor);
  const verified = await metered(job, () => verify(harness, first.value, fence));
  const second = await metered(job, () => planned(harness, job));
  const secondFence = await harness.acquire(second.value);
  const confirmed = await metered(job, () =>
    harness.tasks.confirmPlan({ ...second.value, round: 1, fence: secondFence }),
  );
  return {
    plan: first.cost,
    apply: applied.cost,
    verify: verified.cost,
    planAgain: second.cost,
    confirmAgain: confirmed.cost,
    changesAgain: second.value.plan.changes,
    applyProcessorSeconds: (user + system) / 1e6,
    mostInFlight: mostInFlight(),
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
  };
}

const report = await run(JSON.parse(process.argv[2] ?? '') as ApplyJob);
console.log(JSON.stringify(report));
