import { expect, it } from 'vitest';
import { instantOf } from '#domain/instant.ts';

it.each([
  ['2021-11-12T00:00:00Z', Date.UTC(2021, 10, 12)],
  ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
  ['2021-11-12T00:00:00.250Z', Date.UTC(2021, 10, 12, 0, 0, 0, 250)],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-01-31T25:00:00Z', undefined],
  ['2026-01-31T09:00:00+01:00', undefined],
  ['2026-01-31T09:00:00', undefined],
  ['2026-01-31', undefined],
  ['Sat, 31 Jan 2026 09:00:00 GMT', undefined],
  ['1769850000', undefined],
  ['', undefined],
])('%j is %s', (text, moment) => {
  expect(instantOf(text)).toBe(moment);
});
