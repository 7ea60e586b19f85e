import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeHash, codeText, matchesCode, normalisedCode, opensLink, secretHash } from '#domain/link.ts';

const link = {
  linkId: 'one',
  request: { application: 'shop', release: 1, environment: 'production', attempt: 1, round: 1 },
  approver: 'ana@example.com',
  secretHash: secretHash('secret'),
  codeHash: codeHash('one', 'ABCD1234'),
};

describe('a link', () => {
  it('opens with its own secret alone', () => {
    expect(opensLink(link, 'secret')).toBe(true);
    for (const wrong of ['', 'Secret', 'secret ', link.secretHash])
      expect(opensLink(link, wrong)).toBe(false);
    expect(opensLink(undefined, 'secret')).toBe(false);
    expect(opensLink(undefined, '')).toBe(false);
  });

  it('has a code that is of no use with another link', () => {
    expect(matchesCode(link, 'abcd-1234')).toBe(true);
    expect(matchesCode({ ...link, linkId: 'two' }, 'abcd-1234')).toBe(false);
    expect(matchesCode(link, '')).toBe(false);
  });

  it('reads any code back as it was printed, in either case, with I, L and O for 1, 1 and 0', () => {
    const character = fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ');
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 8, maxLength: 8 }),
        fc.constantFrom('I', 'L'),
        (letters, one) => {
          const code = letters.join('');
          const typed = codeText(code).replaceAll('0', 'o').replaceAll('1', one.toLowerCase()).toLowerCase();
          expect(normalisedCode(typed)).toBe(code);
        },
      ),
    );
  });
});
