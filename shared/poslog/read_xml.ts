import { SaxesParser } from 'saxes';
import { err, ok, type Result } from '../result.ts';

/** An element as it was read: names are those of the namespace, white space between elements is gone. */
export interface XmlNode {
  name: string;
  namespace: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly XmlNode[];
  text: string;
}

/** The root of a document, or what is wrong with it. */
export function readXml(document: string): Result<XmlNode, string> {
  const parser = new SaxesParser({ xmlns: true });
  const top: XmlNode[] = [];
  const open: { node: Omit<XmlNode, 'children' | 'text'>; children: XmlNode[]; text: string }[] = [];
  let fault: string | null = null;
  parser.on('error', (error) => {
    fault ??= error.message;
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const said = Object.values(attributes)
      .filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns')
      .map(({ name, value }) => [name, value] as const);
    const node = { name: local, namespace: uri, attributes: Object.fromEntries(said) };
    open.push({ node, children: [], text: '' });
  });
  parser.on('text', (text) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const { node, children, text } = closed;
    (open.at(-1)?.children ?? top).push({ ...node, children, text: text.trim() });
  });
  parser.write(document).close();
  const [root] = top;
  return fault === null && root !== undefined ? ok(root) : err(fault ?? 'the document is empty');
}

export const childrenOf = (node: XmlNode | undefined, name: string): XmlNode[] =>
  node?.children.filter((child) => child.name === name) ?? [];
export const childOf = (node: XmlNode | undefined, name: string): XmlNode | undefined =>
  childrenOf(node, name)[0];
