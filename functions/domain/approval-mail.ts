import { adviceCounts, stoppingLines, stoppingTitle } from '#domain/advice-text.ts';
import { actionText, type ChangeSummary, countsText, summarise } from '#domain/change-summary.ts';
import { type Instant, isoTime } from '#domain/instant.ts';
import { codeText } from '#domain/link.ts';
import { identityText } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';

/** What one approver is told. */
export interface ApprovalMailFacts {
  readonly plan: Plan;
  readonly expiresAt: Instant;
  /** The approver's own link. */
  readonly url: string;
  readonly decisionCode: string;
}

/** Lines per section: a mail is one screen, the page has all of it. */
const sectionLimit = 15;

/** `2026-11-24 10:00 UTC` */
export const minuteText = (moment: Instant): string =>
  `${isoTime(moment).slice(0, 16).replace('T', ' ')} UTC`;

/** `release 7 replacing release 6`, in the words of what is asked for. */
export function releaseText({ kind, release, replacesRelease }: Plan): string {
  const replaced =
    replacesRelease === undefined ? 'the first one there' : `replacing release ${replacesRelease}`;
  return `${kind === 'rollback' ? 'rollback to ' : ''}release ${release}, ${replaced}`;
}

/** Values from manifests, kept to one line: they must not be able to look like the mail's own lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, sectionLimit).map((line) => `  ${oneLine(line)}`);
  const more = lines.length > sectionLimit ? [`  … and ${lines.length - sectionLimit} more on the page`] : [];
  return [title, ...shown, ...more, ''];
}

function changeLines({ changes }: ChangeSummary): readonly string[] {
  return changes.map(({ action, identity, fields }) => {
    const count =
      action === 'configured' ? ` (${fields.length} ${fields.length === 1 ? 'field' : 'fields'})` : '';
    return `${actionText[action]} ${identityText(identity)}${count}`;
  });
}

function imageLines({ images }: ChangeSummary): readonly string[] {
  return images.map(({ object, from, to }) => `${object}: ${from ?? '(none)'} -> ${to ?? '(none)'}`);
}

function configurationLines({ configuration }: ChangeSummary): readonly string[] {
  return configuration.map(({ object, keys }) => `${object}: ${keys.join(', ')}`);
}

/**
 * The mail that asks one approver: plain text, subject ASCII below 100 characters.
 * Programs find the link as the one line that begins with `http`, and the code behind `Decision code: `.
 */
export function approvalMail({ plan, expiresAt, url, decisionCode }: ApprovalMailFacts): {
  readonly subject: string;
  readonly body: string;
} {
  const { application, release, environment } = plan;
  const summary = summarise(plan.changes);
  const advice = plan.advice ?? [];
  const counts = adviceCounts(advice);
  const body = [
    `${application} waits for your decision: ${releaseText(plan)}, in ${environment}.`,
    `Nothing changes there before you decide. Decide by ${minuteText(expiresAt)}.`,
    '',
    ...section(`${stoppingTitle} as it is:`, stoppingLines(advice)),
    ...section(`Objects in ${environment}: ${countsText(summary.counts)}`, changeLines(summary)),
    ...section('Images:', imageLines(summary)),
    ...section('Configuration keys:', configurationLines(summary)),
    ...(counts === '' ? [] : [`${counts}.`, '']),
    ...section('Notes:', plan.notes),
    'See every field and decide:',
    url,
    '',
    `Decision code: ${codeText(decisionCode)}`,
    '',
    'The page asks for this code. Link and code are yours alone: do not forward this mail.',
    '',
  ].join('\n');
  return { subject: `[tidegate] ${application} release ${release} to ${environment}: your decision`, body };
}
