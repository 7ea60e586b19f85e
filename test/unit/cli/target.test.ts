import { describe, expect, it } from 'vitest';
import { chooseTarget } from '../../../cli/target/resolve.ts';

describe('chooseTarget', () => {
  it.each([
    { flags: {}, env: {}, hasLaptop: true, kind: 'laptop', isObvious: false },
    { flags: {}, env: {}, hasLaptop: false, kind: 'aws', isObvious: false },
    { flags: { stack: 'x' }, env: {}, hasLaptop: true, kind: 'aws', isObvious: true },
    { flags: { region: 'eu-west-1' }, env: {}, hasLaptop: true, kind: 'aws', isObvious: true },
    { flags: { local: true }, env: {}, hasLaptop: false, kind: 'laptop', isObvious: true },
    { flags: {}, env: { TIDEGATE_TARGET: 'local' }, hasLaptop: false, kind: 'laptop', isObvious: true },
    {
      flags: { target: 'aws' },
      env: { TIDEGATE_TARGET: 'local' },
      hasLaptop: true,
      kind: 'aws',
      isObvious: true,
    },
  ])('$flags $env with a laptop cloud $hasLaptop: $kind', ({ flags, env, hasLaptop, ...choice }) => {
    expect(chooseTarget(flags, env, hasLaptop)).toEqual(choice);
  });
});
