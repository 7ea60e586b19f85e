import { isFailure, outcomeText } from '#domain/outcome.ts';
import type { Promotion, PromotionStage, RolloutProgress } from '#domain/promotion.ts';
import type { Failure } from '#domain/release.ts';
import { remedyText } from '#domain/remedy.ts';
import { type Html, html } from './html.ts';

const stageText: Readonly<Record<PromotionStage, string>> = {
  planning: 'finding out what would change',
  'awaiting-approval': 'waiting for a decision',
  'awaiting-target': 'waiting for its turn',
  deploying: 'being deployed',
  'rolling-back': 'failed, being rolled back',
  ended: 'ended',
};

function progressPart({
  readyObjects,
  totalObjects,
  waitingFor,
  stableAt,
  warnings = [],
  remedied = [],
}: RolloutProgress): Html {
  const notes = [...warnings, ...remedied.map(remedyText)];
  return html`<p><progress max="${totalObjects}" value="${readyObjects}">${readyObjects} of ${totalObjects}</progress>
${readyObjects} of ${totalObjects} objects ready${
    stableAt !== undefined && html`, must stay so until ${new Date(stableAt).toISOString().slice(11, 19)} UTC`
  }</p>${waitingFor.length > 0 && html`<ul>${waitingFor.map((text) => html`<li>${text}</li>`)}</ul>`}${
    notes.length > 0 && html`<ul>${notes.map((text) => html`<li>${text}</li>`)}</ul>`
  }`;
}

function failurePart(title: string, failure: Failure | undefined): Html | undefined {
  if (failure === undefined) return undefined;
  const [headline = '', ...rest] = failure.message.split('\n');
  // A diagnosis has a line for each fact, and those of a log among them.
  const more = rest.length > 0 && html`<pre>${rest.join('\n')}</pre>`;
  return html`<dt>${title}</dt><dd><strong>${failure.name}</strong><br>${headline}${more}</dd>`;
}

/** Where the promotion is now, or how it ended and why. */
export function promotionState(promotion: Promotion): Html {
  const { stage, outcome, progress, failure, rollbackFailure, rollbackToRelease, supersededBy } = promotion;
  const words = outcome === undefined ? stageText[stage] : outcomeText[outcome];
  const tone = outcome === undefined ? '' : isFailure(outcome) ? 'bad' : 'good';
  return html`<section aria-labelledby="state"><h2 id="state">Where it is</h2>
<dl><dt>Promotion</dt><dd class="${tone}">${words}</dd>${failurePart('Cause', failure)}${
    rollbackToRelease !== undefined && html`<dt>Rollback</dt><dd>to release ${rollbackToRelease}</dd>`
  }${failurePart('Rollback failed', rollbackFailure)}${
    supersededBy !== undefined && html`<dt>Superseded by</dt><dd>release ${supersededBy}</dd>`
  }</dl>${outcome === undefined && progress !== undefined && progressPart(progress)}</section>`;
}
