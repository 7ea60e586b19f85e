import type { ApprovalRequest } from '#domain/approval.ts';
import { instant } from '#domain/instant.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { Release } from '#domain/release.ts';
import type { PromotionView, ReleaseView } from '#domain/view.ts';

/** 2026-11-21 10:00:00 UTC */
export const ten = instant(Date.UTC(2026, 10, 21, 10));

const reference = { bucket: 'bundles', key: 'hello/0123456789ab-v2.zip', versionId: 'v1' };

export function promotionView(
  facts: Partial<Promotion> & Pick<Promotion, 'environment' | 'stage'>,
  more: Omit<Partial<PromotionView>, 'promotion'> = {},
): PromotionView {
  return {
    promotion: { application: 'hello', release: 2, attempt: 1, kind: 'promotion', openedAt: ten, ...facts },
    requests: [],
    ...more,
  };
}

export function releaseView(
  facts: Partial<Release> = {},
  promotions: readonly PromotionView[] = [],
): ReleaseView {
  return {
    release: {
      application: 'hello',
      release: 2,
      bundle: reference,
      uploadedAt: ten,
      receivedAt: ten,
      pipelineDigest: 'sha256:aa',
      pipelinePins: {},
      environments: ['staging', 'production'],
      ...facts,
    },
    promotions,
  };
}

export function approvalRequest(facts: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    application: 'hello',
    release: 2,
    environment: 'production',
    attempt: 1,
    round: 1,
    status: 'pending',
    planDigest: 'sha256:00',
    approvers: ['ana@example.com'],
    openedAt: ten,
    expiresAt: instant(ten + 3_600_000),
    ...facts,
  };
}
