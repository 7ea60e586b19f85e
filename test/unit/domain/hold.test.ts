import { describe, expect, it } from 'vitest';
import { holdAfter, holdText, liftsHold } from '#domain/hold.ts';
import { instant } from '#domain/instant.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { PromotionKind } from '#domain/promotion.ts';

const endedAt = instant(Date.UTC(2026, 10, 21, 9));
const failure = { name: 'RolloutFailedError', message: 'it crashed' };
const named = (name: string) => ({ name, message: 'and that too' });

describe('a hold on a target (KUBERNETES.md R9)', () => {
  it.each<[string, PromotionKind, PromotionOutcome, { name: string; message: string } | undefined, boolean]>([
    [
      'is put there by a rollback that failed',
      'promotion',
      'failed-not-rolled-back',
      named('ProgressDeadlineExceededError'),
      true,
    ],
    ['is put there by one that died', 'rollback', 'failed-not-rolled-back', undefined, true],
    [
      'is not, where what is left is named',
      'promotion',
      'failed-not-rolled-back',
      named('RollbackResidue'),
      false,
    ],
    [
      'is not, where none was tried',
      'promotion',
      'failed-not-rolled-back',
      named('RollbackImpossible'),
      false,
    ],
    [
      'is not, where a later holder has the target',
      'promotion',
      'failed-not-rolled-back',
      named('FenceLostError'),
      false,
    ],
    [
      'is not, where a promotion died: its rollback follows',
      'promotion',
      'failed-not-rolled-back',
      undefined,
      false,
    ],
    ['is not, where it came through', 'promotion', 'failed-rolled-back', undefined, false],
  ])('%s', (_, kind, outcome, rollbackFailure, holds) => {
    const end = { outcome, endedAt, failure, ...(rollbackFailure && { rollbackFailure }) };
    expect(holdAfter({ release: 7, attempt: 1, kind }, end) !== undefined).toBe(holds);
  });

  it.each<[PromotionKind, PromotionOutcome, boolean]>([
    ['rollback', 'promoted', true],
    ['rollback', 'unchanged', true],
    ['rollback', 'failed-nothing-applied', false],
    ['promotion', 'promoted', false],
  ])('is lifted by a %s that ends %s: %s', (kind, outcome, lifts) => {
    expect(liftsHold({ kind }, { outcome })).toBe(lifts);
  });

  it('shows both diagnoses', () => {
    const hold = {
      release: 7,
      attempt: 1,
      heldAt: endedAt,
      failure,
      rollbackFailure: named('ManifestRefusedError'),
    };
    expect(holdText(hold)).toBe(
      'held since 2026-11-21T09:00:00.000Z: release 7 failed (RolloutFailedError: it crashed), and so did its rollback (ManifestRefusedError: and that too)',
    );
  });
});
