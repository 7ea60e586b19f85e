import { randomUUID } from 'node:crypto';
import type { Promotion } from '#domain/promotion.ts';
import { releaseExecutionName } from '#domain/release.ts';
import type { ReleaseView } from '#domain/view.ts';
import { invitationOf } from '../mail/approval-mail.ts';
import { readMailbox } from '../mail/mailbox.ts';
import type { Target } from '../target/target.ts';
import { executionArnOf, spentTokenOf } from './executions.ts';
import type { FreshPromotion } from './fresh-promotion.ts';
import type { LookUp } from './placeholders.ts';

/** A seeded cloud, as placeholders see it. */
export interface Seeded {
  readonly target: Target;
  /** The newest release of the example application. */
  readonly view: ReleaseView;
  /** Every output of the stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Promotions of that release, opened for this event alone. */
  readonly fresh: Readonly<Record<'staging' | 'production', FreshPromotion>>;
}

type Value = (seeded: Seeded) => unknown;

/** The release's own promotion, which is its first: later ones may be of events or by hand. */
const promotionOf = ({ view }: Seeded, environment: string): Promotion | undefined =>
  view.promotions.find(({ promotion }) => promotion.environment === environment)?.promotion;

/** From the first mail about the release: later ones may be of promotions that events opened. */
async function invitation({ target, view }: Seeded) {
  if (target.kind !== 'laptop') return undefined;
  const { application, release } = view.release;
  const mails = await readMailbox(target.cloud.mailbox);
  return mails
    .filter(({ subject }) => subject.includes(` ${application} release ${release} to `))
    .flatMap((mail) => invitationOf(mail) ?? [])
    .at(0);
}

async function linkOf(seeded: Seeded): Promise<URL | undefined> {
  const found = await invitation(seeded);
  return found === undefined ? undefined : new URL(found.link);
}

function executionIn(seeded: Seeded, environment: string): string | undefined {
  const promotion = promotionOf(seeded, environment);
  return promotion === undefined ? undefined : executionArnOf(seeded.target, promotion);
}

/** What events may refer to, beside the stack's outputs (docs/testing.md lists them). */
export const values: Readonly<Record<string, Value>> = {
  /** As EventBridge writes it: whole seconds. */
  Now: () => `${new Date().toISOString().slice(0, 19)}Z`,
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
  TaskToken: ({ target, view }) => spentTokenOf(target, view),
  FreshAttempt: async ({ fresh }) => (await fresh.staging.input()).attempt,
  FreshPlan: ({ fresh }) => fresh.staging.plan(),
  FreshFence: ({ fresh }) => fresh.staging.fence(),
  FreshProductionAttempt: async ({ fresh }) => (await fresh.production.input()).attempt,
  FreshProductionPlan: ({ fresh }) => fresh.production.plan(),
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
