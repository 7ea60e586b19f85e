import { TidegateError } from '#domain/errors.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { type EnvironmentPolicy, environmentSchema } from '#domain/pipeline.ts';
import type { PlanReference, PromotionInput, RolloutProgress } from '#domain/promotion.ts';
import { systemClock } from '#runtime/clock.ts';
import { corpusObjects } from '../../engine/corpus-objects.ts';
import {
  createDeploymentHarness,
  type DeploymentHarness,
  executionArn,
} from '../../unit/tasks/deployment-harness.ts';
import { connectTidegate } from './tidegate-cluster.ts';

/** What a run of Tidegate's tasks came to, in the words of KUBERNETES.md §8 and §15. */
export interface TidegateRun {
  readonly verdict: Verdict;
  /** What people read. */
  readonly cause: string;
  /** From the beginning of Advance until the verdict was shown: a release that waits for something outside says so at once. */
  readonly seconds: number;
  /** From there until the promotion's end. */
  readonly endedAfterSeconds: number;
  readonly planSeconds: number;
}

export type Verdict =
  | 'ready'
  | 'ready-with-warning'
  | 'failed'
  | 'failed-at-deadline'
  | 'blocked'
  /** By the checks of a bundle or the plan: nothing was changed. */
  | 'refused';

export interface TidegateRunSettings {
  readonly kubeconfigFile: string;
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  readonly deadlineSeconds: number;
  /** The product's default where absent. */
  readonly stabilityWindowSeconds?: number;
}

/** A promotion by the tasks that the state machine runs, over ledgers in this process: plan, apply, observe, verify. */
export async function runTidegate(settings: TidegateRunSettings): Promise<TidegateRun> {
  const { namespace, deadlineSeconds } = settings;
  const { cluster } = connectTidegate(settings.kubeconfigFile);
  // As a bundle brings them: through its checks, into the environment's namespace.
  const bytes = Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: settings.objects }));
  const read = await corpusObjects('scenario.json', bytes, cluster, namespace);
  const [problem] = read.refused;
  if (problem !== undefined) return refused(problem.why, 0);
  const harness = await createDeploymentHarness({
    cluster,
    clock: systemClock,
    deadlineSeconds,
    stabilityWindowSeconds: settings.stabilityWindowSeconds ?? defaultWindowSeconds,
    policy: { namespace, ...(read.policy as Partial<EnvironmentPolicy>) },
  });
  const promotion = await harness.open(await harness.receive(read.objects));
  const began = performance.now();
  const planned = await harness.tasks
    .planPromotion({ ...promotion, round: 1, executionArn })
    .catch((error: unknown) => error);
  const planSeconds = (performance.now() - began) / 1000;
  if (!isPlanned(planned)) return refused(messageOf(planned), planSeconds);
  return { ...(await deploy(harness, promotion, planned.plan)), planSeconds };
}

/** The stability window of an environment that says nothing of it. */
export const defaultWindowSeconds = environmentSchema.parse({
  name: 'bench',
  cluster: { name: 'main' },
  namespace: 'bench',
}).stabilityWindowSeconds;

function refused(cause: string, planSeconds: number): TidegateRun {
  return { verdict: 'refused', cause, seconds: 0, endedAfterSeconds: 0, planSeconds };
}

function isPlanned(answer: unknown): answer is { readonly plan: PlanReference } {
  return typeof answer === 'object' && answer !== null && 'plan' in answer;
}

function messageOf(error: unknown): string {
  if (error instanceof TidegateError) return error.message;
  throw error;
}

async function deploy(
  harness: DeploymentHarness,
  promotion: PromotionInput,
  plan: PlanReference,
): Promise<Omit<TidegateRun, 'planSeconds'>> {
  const fence = await harness.acquire(promotion);
  const follower = followProgress(harness, promotion);
  const failure = await harness.deploy(promotion, 'forward', fence, plan).then(
    () => undefined,
    (error: unknown) => error,
  );
  const { endedAfterSeconds, blockedAfterSeconds, progress } = await follower.end();
  if (failure === undefined) {
    const [warning] = progress?.warnings ?? [];
    const verdict = warning === undefined ? 'ready' : 'ready-with-warning';
    return { verdict, cause: warning ?? '', seconds: endedAfterSeconds, endedAfterSeconds };
  }
  const cause = messageOf(failure);
  const verdict = verdictOf(failure as TidegateError);
  const seconds = verdict === 'blocked' ? (blockedAfterSeconds ?? endedAfterSeconds) : endedAfterSeconds;
  return { verdict, cause, seconds, endedAfterSeconds };
}

function verdictOf({ name, facts }: TidegateError): Verdict {
  if (facts.blockedBy !== undefined) return 'blocked';
  return name === 'ProgressDeadlineExceededError' ? 'failed-at-deadline' : 'failed';
}

const lookMilliseconds = 50;
// As progress says it of an object that waits for something outside of the release.
const waitsForOthers = /\(waits for the /;

/** Reads what a promotion shows, as its page does, until it is told to end. */
function followProgress({ promotions }: DeploymentHarness, promotion: PromotionInput) {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  let progress: RolloutProgress | undefined;
  let blockedSince: number | undefined;
  async function look(): Promise<void> {
    progress = (await promotions.promotion(promotion))?.progress;
    const isBlocked = progress?.waitingFor.some((text) => waitsForOthers.test(text)) ?? false;
    blockedSince = isBlocked ? (blockedSince ?? seconds()) : undefined;
  }
  const timer = setInterval(() => void look(), lookMilliseconds);
  return {
    async end() {
      const endedAfterSeconds = seconds();
      clearInterval(timer);
      await look();
      return { endedAfterSeconds, blockedAfterSeconds: blockedSince, progress };
    },
  };
}
