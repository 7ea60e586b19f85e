import { commentLimit, type DecisionForm, type FormFault } from '#domain/decision-form.ts';
import { type Html, html } from './html.ts';

export interface DecisionFormView {
  readonly linkId: string;
  readonly secret: string;
  readonly approver: string;
  /** What was posted and refused, to be mended. */
  readonly form?: DecisionForm;
  readonly fault?: FormFault;
}

const faultId = 'fault';

function faultAttributes(view: DecisionFormView, field: keyof DecisionForm): Html | false {
  return view.fault?.field === field && html` aria-invalid="true" aria-describedby="${faultId}"`;
}

/** One choice; none is chosen beforehand, and one button sends, so that no stray Enter key approves. */
function choice(view: DecisionFormView, value: string, label: string): Html {
  const checked = view.form?.decision === value && html` checked`;
  return html`<label><input type="radio" name="decision" value="${value}" required${checked}> ${label}</label>`;
}

/** The form that decides. It posts to the page's own path, so that the secret stays out of the POST's address. */
export function decisionForm(view: DecisionFormView): Html {
  const { linkId, secret, approver, form, fault } = view;
  return html`<section class="box" aria-labelledby="decide"><h2 id="decide">Your decision</h2>
<p>This link is for ${approver}.</p>${
    fault && html`<p class="bad" role="alert" id="${faultId}">${fault.message}</p>`
  }<form method="post" action="${linkId}" autocomplete="off"><input type="hidden" name="k" value="${secret}">
<fieldset${faultAttributes(view, 'decision')}><legend>Decision</legend>${choice(view, 'approve', 'Approve: make exactly this change')}${choice(
    view,
    'reject',
    'Reject: change nothing',
  )}</fieldset>
<label for="code">Decision code, from the mail</label>
<input class="code" type="text" id="code" name="code" required maxlength="20" spellcheck="false" autocapitalize="characters"${faultAttributes(view, 'code')}>
<label for="comment">Comment (needed to reject)</label>
<textarea id="comment" name="comment" rows="3" maxlength="${commentLimit}"${faultAttributes(view, 'comment')}>${form?.comment}</textarea>
<button type="submit">Send decision</button></form></section>`;
}
