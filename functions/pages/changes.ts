import { actionText, type ChangeSummary, isSecretField } from '#domain/change-summary.ts';
import { identityText } from '#domain/manifest.ts';
import type { FieldChange, ObjectChange } from '#domain/plan.ts';
import { type Html, html } from './html.ts';

/** How much of a plan one page shows; the page says how much it leaves out. */
export interface ChangeLimits {
  readonly objects: number;
  /** Characters of HTML for fields, over all objects. */
  readonly fieldCharacters: number;
  readonly valueCharacters: number;
}

/** A page stays below 50 KB, readable on a phone. */
export const briefLimits: ChangeLimits = { objects: 200, fieldCharacters: 14_000, valueCharacters: 200 };
/** A Lambda answers with at most 6 MB. */
export const fullLimits: ChangeLimits = {
  objects: 6000,
  fieldCharacters: 3_000_000,
  valueCharacters: 20_000,
};

function valueText(value: unknown, limit: number): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}

function fieldRow(change: ObjectChange, field: FieldChange, limit: number): Html {
  const path = html`<td>${field.path || '/'}</td>`;
  if (isSecretField(change.identity, field)) return html`<tr>${path}<td>secret value, not shown</td></tr>`;
  const from = field.from !== undefined && html`<del>${valueText(field.from, limit)}</del>`;
  const to = field.to !== undefined && html`<ins>${valueText(field.to, limit)}</ins>`;
  return html`<tr>${path}<td>${from}${to}</td></tr>`;
}

/** Gives each change the field rows that fit: changed objects before created and deleted ones, whose fields say less. */
function rowsWithin(
  changes: readonly ObjectChange[],
  limits: ChangeLimits,
): ReadonlyMap<ObjectChange, readonly Html[]> {
  let left = limits.fieldCharacters;
  const rows = new Map<ObjectChange, readonly Html[]>();
  const inPriority = changes.toSorted(
    (a, b) => Number(b.action === 'configured') - Number(a.action === 'configured'),
  );
  for (const change of inPriority) {
    const shown: Html[] = [];
    for (const field of change.fields) {
      const row = fieldRow(change, field, limits.valueCharacters);
      left -= row.text.length;
      if (left < 0) break;
      shown.push(row);
    }
    rows.set(change, shown);
    if (left < 0) break;
  }
  return rows;
}

/** What a change does beside changing fields: people approve that, too. */
function effectOf({ apply, restarts }: ObjectChange): Html | false {
  if (apply?.replacement !== undefined) {
    const { how, because } = apply.replacement;
    const pods = how === 'orphan-recreate' ? ', its pods stay' : '';
    return html` – <strong class="pruned">deleted and created anew</strong>${pods}: ${because.join('; ')}`;
  }
  return restarts !== undefined && html` – its pods are replaced: ${restarts.join(', ')}`;
}

function changeItem(change: ObjectChange, rows: readonly Html[]): Html {
  const { action, identity, fields } = change;
  const title = html`<strong class="${action}">${actionText[action]}</strong> ${identityText(identity)}${effectOf(change)}`;
  if (rows.length === 0)
    return html`<li>${title}${fields.length > 0 && html` (${fields.length} fields)`}</li>`;
  const hidden = fields.length - rows.length;
  return html`<li><details><summary>${title} (${fields.length} ${fields.length === 1 ? 'field' : 'fields'})</summary>
<table><thead><tr><th scope="col">Field</th><th scope="col">Change</th></tr></thead><tbody>${rows}</tbody></table>${
    hidden > 0 && html`<p>${hidden} more fields not shown here.</p>`
  }</details></li>`;
}

/** Every object that would change, field by field; deletions first. */
export function changeList({ changes }: ChangeSummary, limits: ChangeLimits): Html {
  if (changes.length === 0) return html`<p>No object would change.</p>`;
  const shown = changes.slice(0, limits.objects);
  const rows = rowsWithin(shown, limits);
  const hidden = changes.length - shown.length;
  return html`<ul>${shown.map((change) => changeItem(change, rows.get(change) ?? []))}</ul>${
    hidden > 0 && html`<p>… and ${hidden} more objects.</p>`
  }`;
}

/** True when `changeList` would leave something out. */
export function isCut({ changes }: ChangeSummary, limits: ChangeLimits): boolean {
  const rows = rowsWithin(changes.slice(0, limits.objects), limits);
  if (changes.length > limits.objects) return true;
  return changes.some((change) => (rows.get(change)?.length ?? 0) < change.fields.length);
}
