import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '#domain/did-you-mean.ts';

const fields = ['apiVersion', 'kind', 'application', 'environments'];

describe('nearest', () => {
  it.each([
    ['aplication', 'application'],
    ['applicatoin', 'application'],
    ['Application', 'application'],
    ['apiversion', 'apiVersion'],
    ['kidn', 'kind'],
    ['enviroments', 'environments'],
    ['zzz', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ])('of %s is %s', (word, expected) => {
    expect(nearest(word, fields)).toBe(expected);
  });

  it('prefers the nearer of two', () => {
    expect(nearest('production2', ['production', 'production1'])).toBe('production');
    expect(nearest('producton1', ['production', 'production1'])).toBe('production1');
  });
});

describe('didYouMean', () => {
  it('is to be put after the bad word', () => {
    expect(`unknown field \`aplication\`${didYouMean('aplication', fields)}`).toBe(
      'unknown field `aplication` (did you mean `application`?)',
    );
    expect(didYouMean('zzz', fields)).toBe('');
  });
});
