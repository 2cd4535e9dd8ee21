import { visible } from './visible.ts';

/** Text that is HTML already. Only `html` and `trusted` make it, so that no stranger's text can be taken for it. */
export interface Markup {
  readonly markup: string;
}

/** What can stand in a template: everything but markup is text. */
export type Piece = Markup | string | number | false | undefined | readonly Piece[];

/** A template of HTML or SVG whose values are text, wherever they stand: between tags or in a quoted attribute. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let markup = strings[0] ?? '';
  pieces.forEach((piece, index) => (markup += written(piece) + (strings[index + 1] ?? '')));
  return { markup };
}

/** A text of ours that is HTML already. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** A stranger's text, kept apart from the text around it: its writing direction ends where it ends. */
export function foreign(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

/** A value as JSON within a script element: nothing in it can end the element or open a comment. */
export function scriptJson(value: unknown): Markup {
  const escapes: Readonly<Record<string, string>> = {
    '<': '\\u003c',
    '\u2028': '\\u2028',
    '\u2029': '\\u2029',
  };
  return trusted(
    JSON.stringify(value).replaceAll(/[<\u2028\u2029]/gu, (character) => escapes[character] ?? ''),
  );
}

function written(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (typeof piece === 'number') return String(piece);
  if (typeof piece === 'string') return escaped(visible(piece));
  return 'markup' in piece ? piece.markup : piece.map(written).join('');
}

function escaped(text: string): string {
  const references: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/gu, (character) => references[character] ?? '');
}
