import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '#domain/approval.ts';
import { instant } from '#domain/instant.ts';
import { closeApproval } from '#tasks/close-approval.ts';
import { askForRelease6 } from './approval-page-visits.ts';
import { createWorld, start, type World } from './promotion-world.ts';

let world: World;
let id: RequestId & { kind: 'promotion' | 'rollback' };
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(7);
  id = await askForRelease6(world);
  world.clock.set(start + 3_900_000);
});

const close = () => closeApproval(world)(id);

describe('CloseApproval', () => {
  it('ends a request that nobody decided as expired', async () => {
    expect(await close()).toEqual({ decision: 'expired' });
    expect(await world.approvals.request(id)).toMatchObject({
      status: 'expired',
      closedAt: start + 3_900_000,
    });
    expect(await close()).toEqual({ decision: 'expired' });
    expect(await world.approvals.awaited('shop', 'production')).toEqual([]);
  });

  it.each(['approved', 'rejected'] as const)(
    'finds a decision that was recorded and not delivered: %s',
    async (verdict) => {
      await world.approvals.decide(id, {
        verdict,
        approver: 'ana@example.com',
        comment: 'x',
        decidedAt: instant(start + 1),
      });
      expect(await close()).toEqual({ decision: verdict });
    },
  );

  it('answers by what it was superseded', async () => {
    await world.approvals.close(id, { status: 'superseded', closedAt: start, supersededBy: 7 });
    expect(await close()).toEqual({ decision: 'superseded', supersededBy: 7 });
  });

  it('counts a request that was never opened as expired', async () => {
    expect(await closeApproval(world)({ ...id, round: 2 })).toEqual({ decision: 'expired' });
  });
});
