import type { ReleaseContent } from '#domain/content.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import { textRedactor } from '#domain/redaction.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { CarryingOut } from './apply-change.ts';
import type { DeploymentTarget } from './deployment-target.ts';
import { savedKey } from './plan-documents.ts';

/** What the writes of one promotion have in common. */
export function carryingOut(
  { documents, clock }: { readonly documents: DocumentStore; readonly clock: Clock },
  { cluster, policy }: Pick<DeploymentTarget, 'cluster' | 'policy'>,
  promotion: PromotionInput,
  content: ReleaseContent,
): CarryingOut {
  return {
    cluster,
    clock,
    conflicts: policy.conflicts,
    redact: textRedactor(content.objects),
    async saveReplaced(object) {
      await documents.put(savedKey(promotion, 'replaced', object.metadata.uid ?? ''), object);
    },
  };
}
