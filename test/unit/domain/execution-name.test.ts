import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationName } from '#domain/application-name.ts';
import { environmentName } from '#domain/pipeline.ts';
import { promotionExecutionName } from '#domain/promotion.ts';

// Few letters, so that names that could be mistaken for one another come up often.
const text = fc.stringMatching(/^[ab]([ab1-]{0,6}[ab1])?$/);
const named = (schema: typeof applicationName) => text.filter((name) => schema.safeParse(name).success);
const number = fc.integer({ min: 1, max: 11 });

/** Reads a promotion's execution name back: the first number is the release, the last one the attempt. */
function read(name: string) {
  const parts = name.split('-');
  const at = parts.findIndex((part) => /^[0-9]+$/.test(part));
  return {
    application: parts.slice(0, at).join('-'),
    release: Number(parts[at]),
    environment: parts.slice(at + 1, -1).join('-'),
    attempt: Number(parts.at(-1)),
  };
}

describe('the execution name of a promotion', () => {
  it('says which promotion it is, whatever the names', () => {
    const promotions = fc.record({
      application: named(applicationName),
      release: number,
      environment: named(environmentName),
      attempt: number,
    });
    fc.assert(
      fc.property(promotions, (promotion) => {
        expect(read(promotionExecutionName(promotion))).toEqual(promotion);
      }),
    );
  });
});
