import { canonicalChanges } from '#domain/change-set.ts';
import type { PromotionId } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { FailedChanges } from './failed-changes.ts';
import { type Survey, type SurveyRequest, surveyChanges } from './survey-changes.ts';
import { surveyRestores } from './survey-restores.ts';

export interface UndoingRequest extends SurveyRequest {
  readonly documents: DocumentStore;
  /** What is undone on the way, if anything is. */
  readonly failed: FailedChanges | undefined;
}

/** What applying a release's content, and taking back what a failed one did beside it, would change. */
export async function surveyUndoing({ failed, ...request }: UndoingRequest): Promise<Survey> {
  const survey = await surveyChanges(request);
  if (failed === undefined) return survey;
  const restores = await surveyRestores({ ...request, failed });
  return {
    ...survey,
    changes: canonicalChanges([...survey.changes, ...restores.changes]),
    notes: [...survey.notes, ...restores.notes],
  };
}

/** The plan of the dead promotion that this one repairs; undefined when it repairs none, or that wrote nothing. */
export async function repairedPlan(
  promotions: PromotionLedger,
  { application, release, environment, attempt }: PromotionId,
): Promise<DocumentReference | undefined> {
  const repair = (await promotions.promotion({ application, release, environment, attempt }))?.repair;
  if (repair === undefined) return undefined;
  const dead = await promotions.promotion({ application, environment, ...repair.of });
  return dead?.firstWriteAt === undefined ? undefined : dead.plan?.document;
}
