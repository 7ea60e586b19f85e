const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

/** Text as XML character data. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"'\r]/g, (character) => escapes[character] ?? character);

/** What an XML element can contain: text, an object of elements, or a list that repeats its element. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent };

/** One element: a list repeats it, `undefined` leaves it out. */
export function xmlElement(name: string, content: XmlContent, attributes = ''): string {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((item) => xmlElement(name, item)).join('');
  const inner =
    typeof content === 'object'
      ? xmlElements(content as Record<string, XmlContent>)
      : escapeXml(String(content));
  return `<${name}${attributes}>${inner}</${name}>`;
}

const xmlElements = (members: Readonly<Record<string, XmlContent>>): string =>
  Object.entries(members)
    .map(([name, content]) => xmlElement(name, content))
    .join('');

/** A whole document with its declaration and, when given, its default namespace. */
export const xmlDocument = (root: string, content: XmlContent, namespace?: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(root, content, namespace ? ` xmlns="${namespace}"` : '')}`;
