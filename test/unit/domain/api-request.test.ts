import { describe, expect, it } from 'vitest';
import { type ApiRequest, formOf, headerOf, isSameOrigin } from '#domain/api-request.ts';

const request = (headers: Record<string, string>, body = ''): ApiRequest => ({
  httpMethod: 'POST',
  headers,
  pathParameters: null,
  queryStringParameters: null,
  body,
  isBase64Encoded: false,
});

describe('isSameOrigin', () => {
  it.each([
    [true, { host: 'a.example', origin: 'https://a.example' }],
    [true, { Host: 'a.example', 'Sec-Fetch-Site': 'same-origin' }],
    [true, { Host: '127.0.0.1:4566', Origin: 'http://127.0.0.1:4566', 'sec-fetch-site': 'same-origin' }],
    [false, { host: 'a.example' }],
    [false, { host: 'a.example', origin: 'null' }],
    [false, { host: 'a.example', origin: 'https://a.example.evil.example' }],
    [false, { host: 'a.example', origin: 'https://a.example:8443' }],
    [false, { origin: 'https://a.example' }],
    [false, { host: 'a.example', origin: 'https://a.example', 'sec-fetch-site': 'cross-site' }],
    [false, { host: 'a.example', 'sec-fetch-site': 'none' }],
  ])('is %s for %o', (expected, headers) => {
    expect(isSameOrigin(request(headers as Record<string, string>))).toBe(expected);
  });
});

describe('formOf', () => {
  it('reads a form whatever the case of its type, with a character set', () => {
    const form = formOf(
      request({ 'CONTENT-TYPE': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' }, 'a=1+2&b=%C3%A4'),
    );
    expect([...form]).toEqual([
      ['a', '1 2'],
      ['b', 'ä'],
    ]);
  });

  it('reads nothing else', () => {
    expect([...formOf(request({ 'content-type': 'application/json' }, 'a=1'))]).toEqual([]);
    expect([
      ...formOf({ ...request({ 'content-type': 'application/x-www-form-urlencoded' }), body: null }),
    ]).toEqual([]);
    expect(headerOf({ ...request({}), headers: null }, 'host')).toBeUndefined();
  });
});
