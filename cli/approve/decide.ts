import { RefusedError, UnreachableError } from '../cli-error.ts';
import { excerpt, type PageForm, pageText, readForms } from './form.ts';

/** What a person decides on an approval page. */
export interface PersonDecision {
  readonly verdict: 'approved' | 'rejected';
  readonly link: string;
  /** From the mail's body. */
  readonly code: string;
  readonly comment: string;
}

/** What the page answered. */
export interface PageAnswer {
  readonly status: number;
  readonly text: string;
}

const browser = 'Mozilla/5.0 (compatible; tidegate-cli)';

async function request(url: URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', ...init });
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined;
    // Never the whole link: its query is the secret.
    throw new UnreachableError(
      `${url.origin} does not answer: ${cause?.message ?? (error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

function verdictField(
  form: PageForm,
  verdict: PersonDecision['verdict'],
): readonly [string, string] | undefined {
  const wanted = verdict === 'approved' ? /^approve/i : /^reject/i;
  const choice = [...form.buttons, ...form.fields.filter((field) => field.type === 'radio')].find((field) =>
    wanted.test(field.value),
  );
  return choice === undefined ? undefined : [choice.name, choice.value];
}

/** The decision form of a page with what the person fills in. */
export function fillForm(form: PageForm, decision: PersonDecision): URLSearchParams | undefined {
  const choice = verdictField(form, decision.verdict);
  if (choice === undefined) return undefined;
  const typed: Readonly<Record<string, string>> = { code: decision.code, comment: decision.comment };
  const body = new URLSearchParams();
  for (const { name, type, value } of form.fields) {
    if (type !== 'radio') body.append(name, type === 'hidden' ? value : (typed[name] ?? value));
  }
  body.append(...choice);
  return body;
}

/** Opens a page as a browser does; changes nothing. */
export async function openPage(link: string): Promise<PageAnswer & { readonly html: string }> {
  const response = await request(new URL(link), { headers: { 'user-agent': browser, accept: 'text/html' } });
  const html = await response.text();
  return { status: response.status, text: pageText(html), html };
}

/**
 * Decides as a person with a browser does: opens the link, fills the page's own form, posts it from the same origin.
 * Throws RefusedError with what the page says when it shows no form or does not take the decision.
 */
export async function decide(decision: PersonDecision): Promise<PageAnswer> {
  const url = new URL(decision.link);
  const page = await openPage(decision.link);
  const forms = readForms(page.html).filter((form) => form.method === 'post');
  const [filled] = forms.flatMap((form) => {
    const body = fillForm(form, decision);
    return body === undefined ? [] : [{ body, action: new URL(form.action, url) }];
  });
  if (filled === undefined)
    throw new RefusedError(`the page asks for no decision (${page.status}):\n${excerpt(page.text)}`);
  if (filled.action.origin !== url.origin) {
    throw new RefusedError(`the page posts to ${filled.action.origin}, not to itself: nothing was sent`);
  }
  const response = await request(filled.action, {
    method: 'POST',
    body: filled.body,
    headers: {
      'user-agent': browser,
      accept: 'text/html',
      origin: url.origin,
      referer: url.href,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    },
  });
  return answerOf(response, filled.action);
}

async function answerOf(response: Response, action: URL): Promise<PageAnswer> {
  const location = response.headers.get('location');
  const shown =
    response.status === 303 && location !== null ? await request(new URL(location, action)) : response;
  const text = pageText(await shown.text());
  if (shown.status >= 400)
    throw new RefusedError(`the decision was not taken (${shown.status}):\n${excerpt(text)}`);
  return { status: shown.status, text };
}
