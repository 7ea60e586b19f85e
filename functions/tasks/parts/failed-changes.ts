import type { ReleaseContent } from '#domain/content.ts';
import type { Plan } from '#domain/plan.ts';
import { contentRedactor, type Redactor } from '#domain/redaction.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { DocumentStore } from '#ports/document-store.ts';

/** What a failed release was to change, and the key under which its plan compares secret values. */
export interface FailedChanges {
  readonly plan: Plan;
  readonly content: ReleaseContent;
  readonly redact: Redactor;
}

/** Reads a failed promotion's plan. */
export async function failedChanges(
  documents: DocumentStore,
  reference: DocumentReference,
): Promise<FailedChanges> {
  const plan = await documents.get<Plan>(reference);
  const content = await documents.get<ReleaseContent>(plan.content);
  return { plan, content, redact: contentRedactor(content.objects, plan.application) };
}
