import { PolicyViolationError } from '#domain/errors.ts';
import { holdText } from '#domain/hold.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';

/** Throws PolicyViolationError while a target is held (KUBERNETES.md R9); a rollback that a person asks for may go there. */
export async function refuseHeld(
  promotions: PromotionLedger,
  { application, environment, kind }: PromotionInput,
): Promise<void> {
  if (kind === 'rollback') return;
  const hold = await promotions.hold(application, environment);
  if (hold === undefined) return;
  throw new PolicyViolationError(
    `environment '${environment}' of application '${application}': is ${holdText(hold)}; look at what is there, then ask for a rollback (\`tidegate rollback ${application} --environment ${environment}\`) or lift the hold (\`tidegate release-hold ${application} --environment ${environment}\`)`,
    { application, environment, heldBy: hold.release },
  );
}
