import { expect, it } from 'vitest';
import { createMemoryPromotionLedger } from '#adapters/memory/promotion-ledger.ts';
import { instant } from '#domain/instant.ts';
import { openPromotion } from '#tasks/open-promotion.ts';

const clock = { now: () => instant(1_700_000_000_000), sleep: async () => {} };
const asked = { application: 'web', release: 1, environment: 'staging', kind: 'promotion' } as const;

it('numbers attempts per asker: the same one gets the same input again, byte for byte', async () => {
  const open = openPromotion({ promotions: createMemoryPromotionLedger(), clock });
  const first = await open({ ...asked, requestedBy: 'a' });
  expect(first).toEqual({ ...asked, attempt: 1 });
  expect(JSON.stringify(await open({ ...asked, requestedBy: 'a' }))).toBe(JSON.stringify(first));
  expect(await open({ ...asked, requestedBy: 'b' })).toEqual({ ...asked, attempt: 2 });
});
