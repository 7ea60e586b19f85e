import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../local/events/schedule.ts';

const at = (text: string): number => Date.parse(`${text}:00Z`);
const from = at('2026-11-20T10:30'); // a Friday

const cases: readonly [expression: string, due: readonly string[]][] = [
  ['rate(1 minute)', ['2026-11-20T10:31', '2026-11-20T10:32']],
  ['rate(2 hours)', ['2026-11-20T12:30', '2026-11-20T14:30']],
  ['cron(0 9 * * ? *)', ['2026-11-21T09:00', '2026-11-22T09:00']],
  ['cron(0/15 10 * * ? *)', ['2026-11-20T10:45', '2026-11-21T10:00']],
  ['cron(0 18 ? * MON-FRI *)', ['2026-11-20T18:00', '2026-11-23T18:00']],
  ['cron(0 8 1 * ? *)', ['2026-12-01T08:00', '2027-01-01T08:00']],
  ['cron(0 0 L * ? *)', ['2026-11-30T00:00', '2026-12-31T00:00']],
  ['cron(0 9 ? * 2#1 *)', ['2026-12-07T09:00', '2027-01-04T09:00']],
  ['cron(0 9 ? * 6L *)', ['2026-11-27T09:00', '2026-12-25T09:00']],
  ['cron(0 9 1W * ? *)', ['2026-12-01T09:00', '2027-01-01T09:00']],
  ['cron(30 10 20 NOV ? 2026,2030)', ['2030-11-20T10:30']],
  [
    'cron(0 0 ? * FRI-MON *)',
    ['2026-11-21T00:00', '2026-11-22T00:00', '2026-11-23T00:00', '2026-11-27T00:00'],
  ],
];

describe('a schedule', () => {
  it.each(cases)('%s', (expression, due) => {
    const schedule = parseSchedule(expression, from);
    let instant = from;
    for (const expected of due) {
      instant = schedule(instant) ?? Number.NaN;
      expect(new Date(instant).toISOString().slice(0, 16)).toBe(expected);
    }
  });
  it('ends when no year is left', () => {
    expect(parseSchedule('cron(0 0 1 1 ? 2020)', from)(from)).toBeUndefined();
  });
  it.each([
    'rate(1 minutes)',
    'rate(0 minutes)',
    'every minute',
    'cron(0 9 * * * *)',
    'cron(61 9 * * ? *)',
    'cron(0 9 ? * FUN *)',
    'cron(0 9 * * ?)',
  ])('refuses %s', (expression) => {
    expect(() => parseSchedule(expression, from)).toThrow(`Schedule "${expression}"`);
  });
});
