/** One field of a form, as a browser would send it. */
export interface FormField {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** A form of a page. */
export interface PageForm {
  /** As written; resolve it against the page's address. */
  readonly action: string;
  readonly method: string;
  readonly fields: readonly FormField[];
  /** Submit buttons and their values; the one that is pressed is sent. */
  readonly buttons: readonly FormField[];
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Text with HTML's character references resolved. */
export function decodeHtml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name] ?? whole;
  });
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const body = tag.replace(/^<\s*[a-z]+/i, '').replace(/\/?>$/, '');
  for (const [, name = '', double, single, bare] of body.matchAll(
    /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  )) {
    found.set(name.toLowerCase(), decodeHtml(double ?? single ?? bare ?? ''));
  }
  return found;
}

const withoutValue: ReadonlySet<string> = new Set(['button', 'reset', 'image', 'file']);

function readForm(open: string, inside: string): PageForm {
  const fields: FormField[] = [];
  const buttons: FormField[] = [];
  const pattern = /<(input|button|textarea|select)\b(?:"[^"]*"|'[^']*'|[^>"'])*>/gi;
  for (const match of inside.matchAll(pattern)) {
    const element = match[1]?.toLowerCase() ?? '';
    const attributes = attributesOf(match[0]);
    const type =
      attributes.get('type')?.toLowerCase() ??
      (element === 'button' ? 'submit' : element === 'input' ? 'text' : element);
    const field = { name: attributes.get('name') ?? '', type, value: attributes.get('value') ?? '' };
    const isUnchecked = (type === 'radio' || type === 'checkbox') && !attributes.has('checked');
    if (type === 'submit') buttons.push(field);
    else if (field.name !== '' && !withoutValue.has(type) && (type === 'radio' || !isUnchecked))
      fields.push(field);
  }
  const attributes = attributesOf(open);
  return {
    action: attributes.get('action') ?? '',
    method: (attributes.get('method') ?? 'get').toLowerCase(),
    fields,
    buttons,
  };
}

/**
 * The forms of a page, enough of HTML for pages that this project renders itself: quoted attributes, no scripts.
 * Radio buttons are all listed: choosing is the caller's.
 */
export function readForms(html: string): readonly PageForm[] {
  const page = html.replace(/<!--[\s\S]*?-->/g, '');
  return [...page.matchAll(/(<form\b(?:"[^"]*"|'[^']*'|[^>"'])*>)([\s\S]*?)<\/form>/gi)].map(
    ([, open = '', inside = '']) => readForm(open, inside),
  );
}

/** What stands between the parts of a page that a terminal shows without marks; the rest becomes a space. */
const separators: readonly (readonly [RegExp, string])[] = [
  [/<(head|style|script|form)\b[\s\S]*?<\/\1>/gi, ' '],
  [/<\/dt>/gi, ': '],
  [/<\/del>\s*<ins>/gi, ' → '],
  [/<\/(h\d|p|li|tr|div|section|dl|dd|main|header)>|<br\s*\/?>/gi, '\n'],
  [/<\/(td|th)>/gi, '  '],
  [/<(?:"[^"]*"|'[^']*'|[^>"'])*>/g, ' '],
];

/** What a page says, without its marks: for people who read it in a terminal. */
export function pageText(html: string): string {
  const text = separators.reduce((left, [mark, separator]) => left.replace(mark, separator), html);
  return decodeHtml(text)
    .split('\n')
    .map((line) =>
      line
        .replace(/\s+/g, ' ')
        .replace(/ ([:.,])( |$)/g, '$1$2')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n');
}

/** The beginning of a page's text: what it says of itself stands there. */
export function excerpt(text: string, lines = 12): string {
  const all = text.split('\n');
  return all.length > lines ? [...all.slice(0, lines), '…'].join('\n') : text;
}
