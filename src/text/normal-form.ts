import { unitsAt } from './code-points.ts';

/** A text after NFKC and lower-casing, and where each of its UTF-16 units came from, in code points of the text as written. */
export interface NormalForm {
  readonly text: string;
  /** First code point behind a unit. */
  startOf(unit: number): number;
  /** End (exclusive) of the code points behind a unit. */
  endOf(unit: number): number;
}

/**
 * NFKC, then lower-casing. Each resulting character points at the smallest piece of the text that NFKC changes on its own; a piece that it
 * leaves alone maps code point by code point. Linear time: a run of more than 64 combining marks, which no language writes and whose
 * reordering costs quadratic time, is normalised in pieces of 64.
 */
export function normalForm(text: string): NormalForm {
  const safe = longMarkRun.test(text) ? undefined : text.normalize('NFKC');
  const lower = safe?.toLowerCase();
  if (safe === text && lower?.length === text.length) return mapped(lower, identityOrigins(text));
  return piecewise(text);
}

/** The text of the normal form alone: cheaper where no positions are needed. */
export function normalText(text: string): string {
  return longMarkRun.test(text) ? piecewise(text).text : text.normalize('NFKC').toLowerCase();
}

const longMarkRun = /\p{M}{65}/u;
const longestPiece = 65;

interface Origins {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

function mapped(text: string, origins: Origins | undefined): NormalForm {
  if (origins === undefined) return { text, startOf: (unit) => unit, endOf: (unit) => unit + 1 };
  return { text, startOf: (unit) => origins.starts[unit] ?? 0, endOf: (unit) => origins.ends[unit] ?? 0 };
}

/** Where the text is all BMP, a unit is its own code point and no table is needed. */
function identityOrigins(text: string): Origins | undefined {
  if (!/[\u{10000}-\u{10FFFF}]/u.test(text)) return undefined;
  const starts = new Uint32Array(text.length);
  let point = 0;
  for (let index = 0; index < text.length; point += 1) {
    const units = unitsAt(text, index);
    starts.fill(point, index, index + units);
    index += units;
  }
  return { starts, ends: starts.map((start) => start + 1) };
}

interface Character {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function piecewise(text: string): NormalForm {
  const characters: Character[] = [];
  let piece: string[] = [];
  let start = 0;
  for (const point of text) {
    if (piece.length > 0 && (piece.length >= longestPiece || !joinsPrevious(point))) {
      appendPiece(characters, piece, start);
      start += piece.length;
      piece = [];
    }
    piece.push(point);
  }
  if (piece.length > 0) appendPiece(characters, piece, start);
  return lowered(characters);
}

function appendPiece(characters: Character[], piece: readonly string[], start: number): void {
  const whole = piece.join('').normalize('NFKC');
  if (piece.length > 1 && piece.map((point) => point.normalize('NFKC')).join('') === whole) {
    piece.forEach((point, index) => appendPiece(characters, [point], start + index));
    return;
  }
  for (const point of whole) characters.push({ text: point, start, end: start + piece.length });
}

/** Lower-cased as one text (a final sigma depends on its neighbours), mapped by the length that each character has on its own. */
function lowered(characters: readonly Character[]): NormalForm {
  const text = characters
    .map((character) => character.text)
    .join('')
    .toLowerCase();
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let unit = 0;
  for (const character of characters) {
    const next = unit + character.text.toLowerCase().length;
    starts.fill(character.start, unit, next);
    ends.fill(character.end, unit, next);
    unit = next;
  }
  return mapped(text, { starts, ends });
}

const markFirst = /^\p{M}/u;
// Conjoining vowels and finals of Hangul, and the vowel signs of Kirat Rai: letters that compose with the one before them.
const composingLetter = /^[\u1161-\u1175\u11A8-\u11C2\u{16D63}-\u{16D6A}]/u;

/** Whether NFKC may change this code point together with what stands before it. */
function joinsPrevious(point: string): boolean {
  if (point < '\u0300' && point.length === 1) return false;
  const decomposed = point.normalize('NFKD');
  return markFirst.test(decomposed) || composingLetter.test(decomposed);
}
