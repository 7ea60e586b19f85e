import { describe, expect, it } from 'vitest';
import { systemClock } from '#runtime/clock.ts';
import { systemSecrets } from '#runtime/secrets.ts';
import { setting } from '#runtime/settings.ts';

describe('settings', () => {
  it('reads the variable that the template sets', () => {
    expect(setting('ledgerTable', { LEDGER_TABLE: 'ledger' })).toBe('ledger');
  });

  it.each([{}, { LEDGER_TABLE: '' }])('names the variable that is missing', (environment) => {
    expect(() => setting('ledgerTable', environment)).toThrow(
      "setting 'ledgerTable': the environment variable LEDGER_TABLE is not set",
    );
  });
});

describe('secrets', () => {
  it('gives a link 256 bits and a code 8 characters that can be read aloud', () => {
    expect(Buffer.from(systemSecrets.linkSecret(), 'base64url')).toHaveLength(32);
    expect(Buffer.from(systemSecrets.linkId(), 'base64url')).toHaveLength(16);
    expect(systemSecrets.decisionCode()).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
  });

  it('never gives the same twice', () => {
    const codes = Array.from({ length: 1000 }, () => systemSecrets.decisionCode());
    expect(new Set(codes).size).toBe(1000);
  });
});

describe('the clock', () => {
  it('tells milliseconds since the epoch', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });
});
