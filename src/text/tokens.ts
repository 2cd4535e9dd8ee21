import { normalForm, normalText } from './normal-form.ts';

/** A token and the code points of the text as written, half-open, from which it came. */
export interface Token {
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

const soloScripts = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((name) => `\\p{Script=${name}}`)
  .join('');
const tokenPattern = new RegExp(
  `(?=[${soloScripts}])[\\p{L}\\p{M}\\p{Nd}]|(?:(?![${soloScripts}])[\\p{L}\\p{M}\\p{Nd}])+`,
  'gu',
);

/**
 * The tokens of a text, in order: after NFKC and lower-casing, each maximal run of letters, marks and decimal digits; each such character of
 * Han, Hiragana, Katakana, Thai, Lao, Khmer and Myanmar is a token of its own. Linear time, any string.
 */
export function tokenize(text: string): Token[] {
  const form = normalForm(text);
  return Array.from(form.text.matchAll(tokenPattern), (match) => ({
    token: match[0],
    start: form.startOf(match.index),
    end: form.endOf(match.index + match[0].length - 1),
  }));
}

/** Calls back with the same tokens, in order, without their positions: cheaper for long texts. */
export function eachTokenText(text: string, visit: (token: string) => void): void {
  for (const match of normalText(text).matchAll(tokenPattern)) visit(match[0]);
}

/** The tokens of a text as one string with a space around each: one text's tokens occur in another's where this string does. */
export function spacedTokens(text: string): string {
  return ` ${(normalText(text).match(tokenPattern) ?? []).join(' ')} `;
}
