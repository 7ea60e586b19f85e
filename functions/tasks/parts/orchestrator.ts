import type { Promotion } from '#domain/promotion.ts';

/**
 * What orders a promotion among others: its state machine, with account and region. Two of the same order theirs by
 * fencing numbers; of two different ones neither knows the other's numbers, and the Lease is between them (A15).
 */
export function orchestratorOf(promotion: Pick<Promotion, 'executionArn'> | undefined): string {
  const arn = promotion?.executionArn ?? '';
  return arn.slice(0, Math.max(0, arn.lastIndexOf(':')));
}
