import { describe, expect, it } from 'vitest';
import { instant, secondsAfter } from '#domain/instant.ts';
import { freedLease, type TargetLease, takeLease } from '#domain/target-lease.ts';

const start = instant(Date.UTC(2026, 10, 21, 9));
const claim = { holder: 'shop-2-production-1', orchestrator: 'arn:ours', durationSeconds: 300 };
const standing = (changes: Partial<TargetLease> = {}): TargetLease => ({
  holder: 'shop-1-production-1',
  orchestrator: 'arn:theirs',
  acquiredAt: start,
  renewedAt: start,
  durationSeconds: 300,
  transitions: 4,
  version: '7',
  ...changes,
});
const later = (seconds: number) => secondsAfter(start, seconds);

describe('the Lease of a target (KUBERNETES.md A15)', () => {
  it('is taken where there is none', () => {
    expect(takeLease(undefined, claim, start)).toEqual({
      ...claim,
      acquiredAt: start,
      renewedAt: start,
      transitions: 0,
    });
  });

  it.each<[string, TargetLease]>([
    ['that has run out', standing({ renewedAt: later(-301) })],
    ['that was freed', freedLease(standing(), start)],
    ['of an earlier promotion of the same orchestrator', standing({ orchestrator: claim.orchestrator })],
  ])('is taken over from one %s', (_, lease) => {
    expect(takeLease(lease, claim, later(1))).toMatchObject({
      holder: claim.holder,
      acquiredAt: later(1),
      transitions: 5,
    });
  });

  it('is held on by its holder', () => {
    const lease = standing({ holder: claim.holder });
    expect(takeLease(lease, claim, later(100))).toMatchObject({
      acquiredAt: start,
      renewedAt: later(100),
      transitions: 4,
    });
  });

  it('is another deployer’s until it runs out', () => {
    expect(() => takeLease(standing(), claim, later(299))).toThrow(
      "promotion 'shop-2-production-1': another deployer, 'shop-1-production-1', holds the target's Lease until 2026-11-21T09:05:00.000Z",
    );
    expect(() => takeLease(standing(), claim, later(300))).not.toThrow();
  });
});
