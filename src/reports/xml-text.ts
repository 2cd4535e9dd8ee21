/** Whatever is not a character of XML 1.0 (section 2.2), lone surrogates among it, and the control characters it discourages. */
const forbidden = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** A text for between two tags: line breaks stay, what XML 1.0 forbids is dropped. */
export function xmlText(text: string): string {
  return text.replaceAll(forbidden, '').replaceAll(/[&<>"'\r]/gu, (character) => entities[character] ?? '');
}

/** An attribute's value without its quotes: line breaks and tabs become references, else a reader would make spaces of them. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replaceAll(/[\t\n]/gu, (character) => entities[character] ?? '');
}

/** ` name="value"` for each attribute that is there, in the order given. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${xmlAttribute(String(value))}"`))
    .join('');
}
