import { randomUUID } from 'node:crypto';
import { type Promotion, type PromotionInput, promotionExecutionName } from '#domain/promotion.ts';
import { releaseExecutionName } from '#domain/release.ts';
import type { ReleaseView } from '#domain/view.ts';
import { call } from '../aws/functions.ts';
import { showRelease } from '../aws/releases.ts';
import { functionNameOf } from '../aws/stack-functions.ts';
import { spentTaskToken } from '../aws/task-tokens.ts';
import { invitationOf } from '../mail/approval-mail.ts';
import { readMailbox } from '../mail/mailbox.ts';
import type { Target } from '../target/target.ts';
import type { LookUp } from './placeholders.ts';

/** A seeded cloud, as placeholders see it. */
export interface Seeded {
  readonly target: Target;
  /** The newest release of the example application. */
  readonly view: ReleaseView;
  /** Every output of the stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** A promotion of that release into staging, opened for this event alone. */
  readonly fresh: FreshPromotion;
}

/** A promotion for one event: opened, planned and holding its target as far as the event asks for it. */
export interface FreshPromotion {
  input(): Promise<PromotionInput>;
  plan(): Promise<unknown>;
  fence(): Promise<number | undefined>;
  /** Ends what was opened, so that nothing is left holding the target. */
  end(): Promise<void>;
}

type Value = (seeded: Seeded) => unknown;

const promotionOf = ({ view }: Seeded, environment: string): Promotion | undefined =>
  view.promotions.findLast(({ promotion }) => promotion.environment === environment)?.promotion;

async function invitation({ target }: Seeded) {
  if (target.kind !== 'laptop') return undefined;
  const mails = await readMailbox(target.cloud.mailbox);
  return mails.flatMap((mail) => invitationOf(mail) ?? []).at(-1);
}

async function linkOf(seeded: Seeded): Promise<URL | undefined> {
  const found = await invitation(seeded);
  return found === undefined ? undefined : new URL(found.link);
}

/** The ARN that Step Functions gives an execution of the promotion machine. */
function executionArnOf({ stack }: Target, promotion: Promotion): string {
  const prefix = stack.PromotionStateMachineArn.replace(':stateMachine:', ':execution:');
  return `${prefix}:${promotionExecutionName(promotion)}`;
}

function executionIn(seeded: Seeded, environment: string): string | undefined {
  const promotion = promotionOf(seeded, environment);
  return promotion === undefined ? undefined : executionArnOf(seeded.target, promotion);
}

/** From a promotion that has been given its target: its wait for it is over. */
function spentToken({ target, view }: Pick<Seeded, 'target' | 'view'>): Promise<string | undefined> | undefined {
  const waited = view.promotions.find(({ promotion }) => promotion.fence !== undefined)?.promotion;
  return waited === undefined ? undefined : spentTaskToken(target, executionArnOf(target, waited));
}

/** What events may refer to, beside the stack's outputs (docs/testing.md lists them). */
export const values: Readonly<Record<string, Value>> = {
  Now: () => new Date().toISOString(),
  RequestId: () => randomUUID(),
  Application: ({ view }) => view.release.application,
  Release: ({ view }) => view.release.release,
  Bundle: ({ view }) => view.release.bundle,
  BundleKey: ({ view }) => view.release.bundle.key,
  BundleVersionId: ({ view }) => view.release.bundle.versionId,
  Contents: ({ view }) => view.release.contents,
  ReleaseExecutionArn: ({ view }) => view.release.executionArn,
  ReleaseExecutionName: ({ view }) => releaseExecutionName(view.release),
  StagingAttempt: (seeded) => promotionOf(seeded, 'staging')?.attempt,
  StagingExecutionArn: (seeded) => executionIn(seeded, 'staging'),
  StagingPlan: (seeded) => promotionOf(seeded, 'staging')?.plan,
  ProductionAttempt: (seeded) => promotionOf(seeded, 'production')?.attempt,
  ProductionExecutionArn: (seeded) => executionIn(seeded, 'production'),
  ProductionPlan: (seeded) => promotionOf(seeded, 'production')?.plan,
  LinkId: async (seeded) => (await linkOf(seeded))?.pathname.split('/').at(-1),
  LinkSecret: async (seeded) => (await linkOf(seeded))?.searchParams.get('k') ?? undefined,
  LinkOrigin: async (seeded) => (await linkOf(seeded))?.origin,
  LinkHost: async (seeded) => (await linkOf(seeded))?.host,
  Code: async (seeded) => (await invitation(seeded))?.code,
  TaskToken: spentToken,
  FreshAttempt: async ({ fresh }) => (await fresh.input()).attempt,
  FreshPlan: ({ fresh }) => fresh.plan(),
  FreshFence: ({ fresh }) => fresh.fence(),
};

/** Looks placeholders up: a value of the table, else an output of the stack. */
export function valuesOf(seeded: Seeded): LookUp {
  const made = new Map<string, Promise<unknown>>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const value = Promise.resolve(values[name]?.(seeded) ?? seeded.outputs[name]);
    made.set(name, value);
    return value;
  };
}

/** Prepares a promotion on demand: nothing is called before a placeholder asks for it. */
export function freshPromotion(target: Target, view: ReleaseView): FreshPromotion {
  const run = async <Result>(task: string, input: unknown): Promise<Result> =>
    call(target.settings, await functionNameOf(target, task), input);
  const { application, release } = view.release;
  let opened: Promise<PromotionInput> | undefined;
  let planned: Promise<unknown> | undefined;
  const input = () => {
    opened ??= run('OpenPromotion', {
      application,
      release,
      environment: 'staging',
      kind: 'promotion',
      requestedBy: `event-${randomUUID()}`,
    });
    return opened;
  };
  return {
    input,
    plan() {
      planned ??= input().then(async (promotion) => {
        const { plan } = await run<{ plan: unknown }>('PlanPromotion', {
          ...promotion,
          round: 1,
          executionArn: view.release.executionArn,
        });
        return plan;
      });
      return planned;
    },
    async fence() {
      const promotion = await input();
      const taskToken = await spentToken({ target, view });
      await run('AcquireTarget', { ...promotion, taskToken });
      const answer = await showRelease(target, { kind: 'release', application, release });
      if (answer.kind !== 'release') return undefined;
      return answer.view.promotions.find(
        ({ promotion: { environment, attempt } }) =>
          environment === promotion.environment && attempt === promotion.attempt,
      )?.promotion.fence;
    },
    async end() {
      if (opened === undefined) return;
      const promotion = await opened;
      await run('RecordPromotion', { ...promotion, outcome: 'withdrawn' });
      await run('ReleaseTarget', promotion);
    },
  };
}
