import type { PlanAdvice } from '#domain/advice.ts';
import { type AdviceSection, adviceSections, stoppingTitle } from '#domain/advice-text.ts';
import type { ApprovalRequest, Decision } from '#domain/approval.ts';
import { minuteText, releaseText } from '#domain/approval-mail.ts';
import { statusAt } from '#domain/approval-result.ts';
import { type ChangeSummary, countsText, summarise } from '#domain/change-summary.ts';
import type { DecisionForm, FormFault } from '#domain/decision-form.ts';
import type { Instant } from '#domain/instant.ts';
import type { Plan } from '#domain/plan.ts';
import type { Promotion } from '#domain/promotion.ts';
import { briefLimits, changeList, fullLimits, isCut } from './changes.ts';
import { decisionForm } from './decision-form.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { promotionState } from './promotion-state.ts';
import { requestEnding } from './request-ending.ts';

/** Everything the approval page shows to one approver. */
export interface ApprovalView {
  readonly linkId: string;
  readonly secret: string;
  readonly approver: string;
  readonly request: ApprovalRequest;
  readonly plan: Plan;
  readonly promotion: Promotion;
  readonly now: Instant;
  /** Every object and field, however many. */
  readonly full: boolean;
  readonly form?: DecisionForm;
  readonly fault?: FormFault;
  /** A decision that came when the request had ended, and was not recorded. */
  readonly cameLate?: true;
}

/** Lines that one heading of advice shows, and their length: a page stays readable, its longer form has them all. */
const adviceLimits = {
  brief: { lines: 5, characters: 300 },
  full: { lines: 2000, characters: 4000 },
} as const;

/** How often a page that follows a running promotion loads again, seconds. */
const refreshSeconds = 5;

/** A decision that was delivered wakes the promotion well within this, milliseconds. */
const deliveryMilliseconds = 15_000;

/** The decision that was recorded while nobody was woken: sent again by who took it, it is delivered. */
function undelivered({ request, promotion, approver, now }: ApprovalView): Decision | undefined {
  const { status, decision } = request;
  const isStanding = status === 'approved' || status === 'rejected';
  const waits = promotion.outcome === undefined && promotion.stage === 'awaiting-approval';
  if (!isStanding || !waits || decision?.approver !== approver) return undefined;
  return now >= decision.decidedAt + deliveryMilliseconds ? decision : undefined;
}

function sendAgainPart(view: ApprovalView, { verdict, comment }: Decision): Html {
  const decision = verdict === 'approved' ? 'approve' : 'reject';
  return html`<p class="bad" role="alert">Your decision is recorded, but the promotion has not gone on. Send it again.</p>${decisionForm(
    { ...view, form: view.form ?? { decision, code: '', comment } },
  )}`;
}

/** A decision binds to the request's plan: where another one has taken its place there is nothing to show or decide. */
const showsWhatIsAsked = ({ plan, request }: ApprovalView): boolean => plan.digest === request.planDigest;

function imagesPart({ images }: ChangeSummary): Html | false {
  const rows = images
    .slice(0, 30)
    .map(
      ({ object, from, to }) =>
        html`<tr><td>${object}</td><td>${from && html`<del>${from}</del>`}${to && html`<ins>${to}</ins>`}</td></tr>`,
    );
  const more = images.length > 30 && html`<p>… and ${images.length - 30} more images.</p>`;
  return (
    rows.length > 0 &&
    html`<h3>Images</h3><table><thead><tr><th scope="col">Object</th><th scope="col">Image</th></tr></thead><tbody>${rows}</tbody></table>${more}`
  );
}

function advicePart({ title, lines }: AdviceSection, full: boolean): Html {
  const limits = full ? adviceLimits.full : adviceLimits.brief;
  const shown = lines.slice(0, limits.lines);
  const hidden = lines.length - shown.length;
  const items = shown.map((line) => html`<li>${cut(line, limits.characters)}</li>`);
  const heading =
    title === stoppingTitle ? html`<h3 class="bad">${title} as it is</h3>` : html`<h3>${title}</h3>`;
  return html`${heading}<ul>${items}</ul>${hidden > 0 && html`<p>… and ${hidden} more.</p>`}`;
}

/** The list of objects says it of each that is replaced or restarts at once. */
function isShownWithItsObject(advice: PlanAdvice): boolean {
  return advice.kind === 'replaces' || (advice.kind === 'restarts' && advice.when === 'at-once');
}

const cut = (line: string, characters: number): string =>
  line.length <= characters ? line : `${line.slice(0, characters)}…`;

const isAdviceCut = ({ lines }: AdviceSection): boolean =>
  lines.length > adviceLimits.brief.lines ||
  lines.some((line) => line.length > adviceLimits.brief.characters);

function changesPart(view: ApprovalView): Html {
  const { plan, full, linkId, secret } = view;
  if (!showsWhatIsAsked(view))
    return html`<p>The plan that was asked for here was replaced by a later one.</p>`;
  const summary = summarise(plan.changes);
  const limits = full ? fullLimits : briefLimits;
  const advice = adviceSections((plan.advice ?? []).filter((each) => !isShownWithItsObject(each)));
  const stopping = advice.filter(({ title }) => title === stoppingTitle);
  const others = advice.filter(({ title }) => title !== stoppingTitle);
  const all = html`<p><a href="${linkId}?k=${secret}&amp;all=1">Show every object and field</a></p>`;
  return html`<section aria-labelledby="changes"><h2 id="changes">What changes in ${plan.environment}: ${countsText(summary.counts)}</h2>
${stopping.map((section) => advicePart(section, full))}${imagesPart(summary)}<h3>Objects</h3>${changeList(summary, limits)}${others.map((section) => advicePart(section, full))}${!full && (isCut(summary, limits) || advice.some(isAdviceCut)) && all}${
    plan.notes.length > 0 &&
    html`<h3>Notes</h3><ul>${plan.notes.slice(0, 50).map((note) => html`<li>${note}</li>`)}</ul>`
  }<p>Change set <code>${plan.digest}</code>: what is applied is this, or nothing.</p></section>`;
}

/** The page behind an approval link: what is asked for and the form, later the decision and what came of it. */
export function approvalPage(view: ApprovalView): string {
  const { request, plan, promotion, now } = view;
  const { application, environment, release } = plan;
  const status = statusAt(request, now);
  const unheard = undelivered(view);
  const follows = status === 'approved' && promotion.outcome === undefined && !view.full && !unheard;
  const main = html`<h1>${application}: ${releaseText(plan)}, in ${environment}</h1>${
    view.cameLate &&
    html`<p class="bad" role="alert">Your decision was not recorded: the request had ended.</p>`
  }${
    status === 'pending'
      ? html`<p>Nothing changes in ${environment} before somebody decides. Decide by <strong>${minuteText(request.expiresAt)}</strong>.</p>`
      : html`${requestEnding(status, request)}${promotionState(promotion)}${unheard && sendAgainPart(view, unheard)}`
  }${changesPart(view)}${status === 'pending' && showsWhatIsAsked(view) && decisionForm(view)}`;
  return layout({
    title: `${application} release ${release} to ${environment}`,
    main,
    ...(follows && { refreshSeconds }),
  });
}
