import { describe, expect, it } from 'vitest';
import { demoOptions } from '../../../cli/demo/options.ts';

describe('demoOptions', () => {
  it.each([
    { args: [], env: {}, isTerminal: true, scenario: 'promote', decider: 'person' },
    {
      args: [],
      env: {},
      isTerminal: false,
      scenario: 'promote',
      decider: 'demo',
      because: 'there is no terminal',
    },
    {
      args: [],
      env: { CI: 'true' },
      isTerminal: true,
      scenario: 'promote',
      decider: 'demo',
      because: 'CI is set',
    },
    { args: [], env: { CI: '' }, isTerminal: true, scenario: 'promote', decider: 'person' },
    { args: ['--yes'], env: {}, isTerminal: true, scenario: 'promote', decider: 'demo', because: '--yes' },
    {
      args: ['--reject'],
      env: {},
      isTerminal: true,
      scenario: 'reject',
      decider: 'demo',
      because: '--reject',
    },
    {
      args: ['--broken', '--no-color'],
      env: {},
      isTerminal: true,
      scenario: 'broken',
      decider: 'demo',
      because: '--broken',
    },
  ])('$args, CI $env, a terminal $isTerminal', ({ args, env, isTerminal, ...expected }) => {
    expect(demoOptions(args, env, isTerminal)).toEqual({ ...expected, wantsHelp: false });
  });

  it.each([['--no'], ['--yes', '--reject']])('refuses %s', (...args) => {
    expect(() => demoOptions(args, {}, true)).toThrow(/does not know|exclude each other/);
  });
});
