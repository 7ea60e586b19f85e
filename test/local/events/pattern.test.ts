import { describe, expect, it } from 'vitest';
import { checkPattern, type EventPattern, matchesPattern } from '../../../local/events/pattern.ts';

const event = {
  source: 'aws.s3',
  account: '000000000000',
  detail: {
    key: 'In/report.zip',
    size: 120,
    'source-ip-address': '10.0.3.7',
    tags: ['a', 'b'],
    nothing: null,
    empty: '',
    items: [
      { name: 'x', count: 1 },
      { name: 'y', count: 9 },
    ],
  },
};
const key = (condition: unknown): EventPattern => ({ detail: { key: [condition] } });
const size = (...comparison: unknown[]): EventPattern => ({ detail: { size: [{ numeric: comparison }] } });

const cases: readonly [matches: boolean, pattern: EventPattern][] = [
  [true, { source: ['aws.s3'] }],
  [false, { source: ['aws.ec2'] }],
  [true, { source: ['aws.ec2', 'aws.s3'] }],
  [false, { source: ['aws.s3'], account: ['1'] }],
  [true, { detail: { size: [120] } }],
  [false, { detail: { size: ['120'] } }],
  [true, { detail: { nothing: [null] } }],
  [true, { detail: { empty: [''] } }],
  [true, key({ prefix: 'In/' })],
  [false, key({ prefix: 'in/' })],
  [true, key({ prefix: { 'equals-ignore-case': 'in/' } })],
  [true, key({ suffix: '.zip' })],
  [false, key({ suffix: '.tar' })],
  [true, key({ suffix: { 'equals-ignore-case': '.ZIP' } })],
  [true, key({ 'equals-ignore-case': 'in/REPORT.zip' })],
  [true, key({ wildcard: 'In/*.zip' })],
  [false, key({ wildcard: '*/' })],
  [false, key({ wildcard: 'In/report\\*' })],
  [false, key({ wildcard: 'In/report?zip' })],
  [true, key({ 'anything-but': 'other' })],
  [false, key({ 'anything-but': ['other', 'In/report.zip'] })],
  [false, key({ 'anything-but': { prefix: 'In/' } })],
  [true, key({ 'anything-but': { prefix: ['Out/', 'Tmp/'] } })],
  [false, key({ 'anything-but': { suffix: '.zip' } })],
  [false, key({ 'anything-but': { wildcard: '*report*' } })],
  [false, key({ 'anything-but': { 'equals-ignore-case': ['in/report.ZIP'] } })],
  [false, { detail: { absent: [{ 'anything-but': 'x' }] } }],
  [true, size('=', 120)],
  [true, size('>', 100, '<=', 120)],
  [false, size('>', 120)],
  [false, { detail: { key: [{ numeric: ['>', 0] }] } }],
  [true, { detail: { key: [{ exists: true }] } }],
  [false, { detail: { key: [{ exists: false }] } }],
  [true, { detail: { absent: [{ exists: false }] } }],
  [true, { detail: { absent: { deeper: [{ exists: false }] } } }],
  [false, { detail: { absent: { deeper: ['x'] } } }],
  [true, { detail: { tags: ['b'] } }],
  [false, { detail: { tags: ['c'] } }],
  [true, { detail: { items: { name: ['y'], count: [9] } } }],
  [false, { detail: { items: { name: ['x'], count: [9] } } }],
  [true, { detail: { 'source-ip-address': [{ cidr: '10.0.0.0/16' }] } }],
  [false, { detail: { 'source-ip-address': [{ cidr: '10.1.0.0/16' }] } }],
  [true, { detail: { $or: [{ size: [1] }, { key: [{ prefix: 'In/' }] }] } }],
  [false, { detail: { $or: [{ size: [1] }, { size: [2] }] } }],
  [false, { detail: { size: [120], $or: [{ size: [1] }, { size: [2] }] } }],
];

describe('an event pattern', () => {
  it.each(cases)('%s: %j', (matches, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(matches);
  });

  const invalid: readonly [pattern: EventPattern, message: RegExp][] = [
    [{ source: 'aws.s3' }, /at "source": expected a list/],
    [{ source: [] }, /at "source"/],
    [{ detail: { key: [{ like: 'x' }] } }, /at "detail\.key": \{"like":"x"\} is no known condition/],
    [{ detail: { key: [{ prefix: 1 }] } }, /"prefix" takes a string, not 1/],
    [{ detail: { size: [{ numeric: ['!', 1] }] } }, /"numeric" does not know/],
    [{ $or: [{ source: ['a'] }] }, /"\$or" needs a list of at least two objects/],
    [{ detail: { ip: [{ cidr: '10.0.0.0' }] } }, /"cidr" takes an IPv4 range/],
  ];
  it.each(invalid)('refuses %j', (pattern, message) => {
    expect(() => checkPattern(pattern)).toThrow(message);
  });
});
