import { expect, it } from 'vitest';
import { isNearby, isOwnTokenService } from '#adapters/aws/registry-address.ts';

const https = (host: string) => new URL(`https://${host}/`);

it.each([
  ['registry-1.docker.io', 'auth.docker.io', true],
  ['registry.gitlab.com', 'gitlab.com', true],
  ['ghcr.io', 'ghcr.io', true],
  ['quay.io', 'evil.example', false],
  ['ghcr.io', 'evil.io', false],
  ['registry.example.com', 'gitlab.example.com', true],
  ['registry.example.com', 'notexample.com', false],
  ['registry.co.uk', 'evil.co.uk', false],
  ['registry.shop.co.uk', 'auth.shop.co.uk', true],
])('of %s, the token service %s: its own is %s', (registry, service, isOwn) => {
  expect(isOwnTokenService(https(service), https(registry))).toBe(isOwn);
});

it.each([
  ['ghcr.io', false],
  ['localhost.', true],
  ['a.localhost', true],
  ['203.0.113.7', false],
  ['[2001:db8::1]', false],
  ['169.254.170.2', true],
  ['[::ffff:a9fe:a9fe]', true],
  ['[64:ff9b::a9fe:a9fe]', true],
])('%s is nearby: %s', (host, nearby) => {
  expect(isNearby(https(host))).toBe(nearby);
});
