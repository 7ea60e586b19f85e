import { html } from './html.ts';
import { layout } from './layout.ts';

/** A page that says one thing. */
function messagePage(title: string, text: string): string {
  return layout({ title, main: html`<h1>${title}</h1><p>${text}</p>` });
}

/** For an unknown link and for a wrong secret alike: nobody can find out which links exist. */
export const notFoundPage = messagePage(
  'No such approval link',
  'Open the link from the mail again, whole: mail programs sometimes cut long lines.',
);

export const foreignFormPage = messagePage(
  'Decision not accepted',
  'This decision did not come from the approval page itself. Nothing was recorded. Open the link from your mail and decide there.',
);

export const wrongMethodPage = messagePage(
  'Nothing done',
  'A page is read with GET, a decision is sent with POST.',
);
