import type { ApprovalLink, Decision } from '#domain/approval.ts';
import { matchesCode } from '#domain/link.ts';

/** The longest comment, characters. */
export const commentLimit = 2000;

/** What an approver filled in. */
export interface DecisionForm {
  readonly decision: string;
  readonly code: string;
  readonly comment: string;
}

/** What is wrong with a form, by field; the words stand on the page beside the field. */
export type FormFault = { readonly field: keyof DecisionForm; readonly message: string };

export type FormReading =
  | { readonly kind: 'complete'; readonly verdict: Decision['verdict']; readonly comment: string }
  | { readonly kind: 'faulty'; readonly fault: FormFault };

const verdicts: Readonly<Record<string, Decision['verdict']>> = { approve: 'approved', reject: 'rejected' };

type Check = (form: DecisionForm, link: ApprovalLink) => false | FormFault;

const checks: readonly Check[] = [
  ({ decision }) =>
    !Object.hasOwn(verdicts, decision) && { field: 'decision', message: 'Choose Approve or Reject.' },
  ({ code }, link) =>
    !matchesCode(link, code) && {
      field: 'code',
      message: 'This is not the decision code of this link: copy it from the mail that brought you here.',
    },
  ({ decision, comment }) =>
    decision === 'reject' && comment === '' && { field: 'comment', message: 'Say why you reject it.' },
  ({ comment }) =>
    comment.length > commentLimit && {
      field: 'comment',
      message: `The comment has ${comment.length} characters: at most ${commentLimit} are kept.`,
    },
];

/** The form's fields as posted; line ends as one character, so that the limit counts what the person typed. */
export function decisionFormOf(fields: URLSearchParams): DecisionForm {
  return {
    decision: fields.get('decision') ?? '',
    code: fields.get('code') ?? '',
    comment: (fields.get('comment') ?? '').replaceAll('\r\n', '\n').trim(),
  };
}

/** Reads a form: the decision it makes, or the first fault. */
export function readDecision(form: DecisionForm, link: ApprovalLink): FormReading {
  for (const check of checks) {
    const fault = check(form, link);
    if (fault !== false) return { kind: 'faulty', fault };
  }
  return { kind: 'complete', verdict: verdicts[form.decision] as Decision['verdict'], comment: form.comment };
}
