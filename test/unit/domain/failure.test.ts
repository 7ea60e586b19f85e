import { describe, expect, it } from 'vitest';
import { failureOf } from '#domain/failure.ts';

describe('failureOf', () => {
  it.each([
    [
      "a function's error",
      {
        name: 'RolloutFailedError',
        message: '{"errorType":"RolloutFailedError","errorMessage":"web: crashed","trace":["at x"]}',
      },
      { name: 'RolloutFailedError', message: 'web: crashed' },
    ],
    ['a time-out', { name: 'States.Timeout', message: '' }, { name: 'States.Timeout', message: '' }],
    ['a plain text', { name: 'Stopped', message: 'by hand' }, { name: 'Stopped', message: 'by hand' }],
    [
      'a cause that was cut off',
      { name: 'E', message: '{"errorType":"E","errorMess' },
      { name: 'E', message: '{"errorType":"E","errorMess' },
    ],
    [
      'JSON of something else',
      { name: 'E', message: '{"Status":"FAILED"}' },
      { name: 'E', message: '{"Status":"FAILED"}' },
    ],
    [
      'an error without a type',
      { name: 'E', message: '{"errorMessage":"what"}' },
      { name: 'E', message: 'what' },
    ],
  ])('reads %s', (_, error, failure) => {
    expect(failureOf(error)).toEqual(failure);
  });
});
