/** An element as a reader of XML sees it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text, that of its children left out. */
  readonly text: string;
}

const character = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * The root of an XML document, or an error where it is not well-formed. Reads what a report may use and nothing else: a declaration,
 * elements, attributes, text, the five entities and character references; no comments, sections, instructions or document types.
 */
export function parseXml(source: string): Element {
  if (!character.test(source)) throw new Error('a character that XML 1.0 forbids');
  const declared = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/u.exec(source);
  if (declared === null) throw new Error('no declaration');
  // A reader takes every line break for a line feed before it looks at anything else (XML 1.0, 2.11).
  const { element, rest } = readElement(source.slice(declared[0].length).replaceAll(/\r\n?/gu, '\n'));
  if (rest.trim() !== '') throw new Error(`after the root: ${rest.slice(0, 40)}`);
  return element;
}

function readElement(source: string): { element: Element; rest: string } {
  const open = /^<([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>/u.exec(source);
  if (open === null) throw new Error(`no element: ${source.slice(0, 60)}`);
  const [whole, name = '', inside = '', closed] = open;
  const attributes = attributesOf(inside);
  let rest = source.slice(whole.length);
  if (closed === '/') return { element: { name, attributes, children: [], text: '' }, rest };
  const children: Element[] = [];
  let text = '';
  while (!rest.startsWith('</')) {
    const run = /^[^<]*/u.exec(rest)?.[0] ?? '';
    if (run.includes(']]>')) throw new Error('"]]>" in a text');
    text += resolved(run);
    rest = rest.slice(run.length);
    if (rest.startsWith('</')) break;
    const child = readElement(rest);
    children.push(child.element);
    rest = child.rest;
  }
  if (!rest.startsWith(`</${name}>`)) throw new Error(`<${name}> is not closed: ${rest.slice(0, 40)}`);
  return { element: { name, attributes, children, text }, rest: rest.slice(name.length + 3) };
}

function attributesOf(inside: string): Readonly<Record<string, string>> {
  const found = [...inside.matchAll(/([A-Za-z][\w.-]*)="([^"]*)"/gu)];
  const names = new Set(found.map(([, name]) => name));
  if (names.size !== found.length) throw new Error('an attribute twice');
  // A reader makes spaces of white space that is not written as a reference (XML 1.0, 3.3.3).
  return Object.fromEntries(
    found.map(([, name = '', value = '']) => [name, resolved(value.replaceAll(/[\t\n]/gu, ' '))]),
  );
}

function resolved(text: string): string {
  return text.replaceAll(/&([^;&]*;?)/gu, (whole, body: string) => {
    const number = /^#(\d+);$/u.exec(body)?.[1];
    const found = number === undefined ? named[body.slice(0, -1)] : String.fromCodePoint(Number(number));
    if (found === undefined || !body.endsWith(';') || !character.test(found))
      throw new Error(`no entity: ${whole}`);
    return found;
  });
}
