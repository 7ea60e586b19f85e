import { describe, expect, it } from 'vitest';
import { durationText, timeText } from '../../../cli/output/elapsed.ts';
import { palette, wantsColour } from '../../../cli/output/palette.ts';
import { columns } from '../../../cli/output/table.ts';

describe('wantsColour', () => {
  it.each([
    { isTerminal: true, flag: true, env: {}, wanted: true },
    { isTerminal: false, flag: true, env: {}, wanted: false },
    { isTerminal: true, flag: false, env: {}, wanted: false },
    { isTerminal: true, flag: true, env: { NO_COLOR: '1' }, wanted: false },
    { isTerminal: true, flag: true, env: { NO_COLOR: '' }, wanted: true },
    { isTerminal: true, flag: true, env: { TERM: 'dumb' }, wanted: false },
  ])('a terminal $isTerminal, flag $flag, $env: $wanted', ({ isTerminal, flag, env, wanted }) => {
    expect(wantsColour(isTerminal, flag, env)).toBe(wanted);
  });
});

describe('palette', () => {
  it('paints only when colours are on', () => {
    expect(palette(true)('bad', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(palette(false)('bad', 'x')).toBe('x');
  });
});

describe('durationText', () => {
  it.each([
    [0, '0.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [7_440_000, '2 h 04 min'],
  ])('%d milliseconds are %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});

describe('timeText', () => {
  it('is in UTC to the second', () => expect(timeText(0)).toBe('1970-01-01 00:00:00 UTC'));
});

describe('columns', () => {
  it('aligns without trailing spaces', () => {
    expect(
      columns([
        ['a', 'long', ''],
        ['bcd', 'x', 'y'],
      ]),
    ).toEqual(['a    long', 'bcd  x     y']);
  });
});
