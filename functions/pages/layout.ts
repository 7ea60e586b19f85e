import { Html, html } from './html.ts';
import { style } from './style.ts';

export interface Layout {
  readonly title: string;
  readonly main: Html;
  /** Loads the page again after so many seconds; only on pages without a form. */
  readonly refreshSeconds?: number;
}

const styleElement = new Html(`<style>${style}</style>`);

/** A whole document around a page's main part. */
export function layout({ title, main, refreshSeconds }: Layout): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">${
    refreshSeconds !== undefined && html`<meta http-equiv="refresh" content="${refreshSeconds}">`
  }
<title>${title}</title>${styleElement}</head>
<body><main>${main}</main></body></html>
`.text;
}
