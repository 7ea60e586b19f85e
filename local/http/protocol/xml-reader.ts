/** An element of a request document; attributes are dropped, because no AWS request that is served here uses them. */
export interface XmlNode {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlNode[];
}

interface OpenNode {
  readonly name: string;
  text: string;
  readonly children: XmlNode[];
}

export class MalformedXmlError extends Error {
  override readonly name = 'MalformedXmlError';
}

const token =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s<>/]+)[^<>]*?(\/?)>|([^<]+)/gy;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decodeEntities = (text: string): string =>
  text.replace(/&(#x?)?([^;\s]+);/g, (whole, numeric: string | undefined, name: string) => {
    if (!numeric) return entities[name] ?? whole;
    return String.fromCodePoint(Number.parseInt(name, numeric === '#x' ? 16 : 10));
  });

/** Reads the small XML documents of the S3 API. Document types are refused, so nothing can expand. */
export function readXml(source: string): XmlNode {
  const root: OpenNode = { name: '', text: '', children: [] };
  const open: OpenNode[] = [root];
  let position = 0;
  for (const match of source.matchAll(token)) {
    position = match.index + match[0].length;
    const [, cdata, closing, name, selfClosing, text] = match;
    const current = open.at(-1) ?? root;
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined) current.text += decodeEntities(text);
    else if (name !== undefined) {
      if (closing) {
        if (open.length < 2 || current.name !== name)
          throw new MalformedXmlError(`Element '${name}' is closed but not open`);
        open.pop();
        continue;
      }
      const node: OpenNode = { name, text: '', children: [] };
      current.children.push(node);
      if (!selfClosing) open.push(node);
    }
  }
  const document = root.children[0];
  if (position !== source.length || open.length !== 1 || root.children.length !== 1 || !document) {
    throw new MalformedXmlError(`Document '${source.slice(0, 40)}' is not well-formed XML`);
  }
  return document;
}

/** The text of the first child of that name. */
export const childText = (node: XmlNode, name: string): string | undefined =>
  node.children.find((child) => child.name === name)?.text;

/** The children of that name. */
export const childrenNamed = (node: XmlNode, name: string): readonly XmlNode[] =>
  node.children.filter((child) => child.name === name);
