import type { PromotionInput, PromotionKind } from '#domain/promotion.ts';
import { acquireTarget } from '#tasks/acquire-target.ts';
import { releaseTarget } from '#tasks/release-target.ts';
import { createWorld } from './promotion-world.ts';

export const target = { application: 'shop', environment: 'production' };

/** The token of a promotion's AcquireTarget state. */
export const tokenOf = ({ release, attempt }: PromotionInput) => `token-${release}-${attempt}`;

/** Promotions that meet at one target, of releases 1 to 9. */
export async function createTargetWorld() {
  const world = await createWorld();
  await world.receiveReleases(9);
  return {
    ...world,

    /** Opens a promotion and has its AcquireTarget run; each asker gets an attempt of its own. */
    async acquire(
      release: number,
      kind: PromotionKind = 'promotion',
      requestedBy = `${kind}-${release}`,
    ): Promise<PromotionInput> {
      const promotion = await world.openPromotion(release, { kind, requestedBy });
      await acquireTarget(world)({ ...promotion, taskToken: tokenOf(promotion) });
      return promotion;
    },

    /** What a promotion's AcquireTarget state was answered; undefined while it waits. */
    answer: (promotion: PromotionInput) => world.tokens.answers.get(tokenOf(promotion)),

    /** Has a promotion's ReleaseTarget run. */
    leave: (promotion: PromotionInput) => releaseTarget(world)(promotion),

    /** Records that a promotion put its release on the target. */
    async succeed(promotion: PromotionInput): Promise<void> {
      const { release, attempt } = promotion;
      const inventory = { bucket: 'documents', key: `inventories/${release}`, versionId: '1' };
      const state = { release, attempt, promotedAt: world.clock.now(), inventory };
      await world.promotions.end(promotion, { outcome: 'promoted', endedAt: world.clock.now() }, state);
    },
  };
}

export type TargetWorld = Awaited<ReturnType<typeof createTargetWorld>>;
