/** A text addressed by Unicode code points; a surrogate that stands alone counts as one. */
export interface CodePointText {
  /** Code points in the text. */
  readonly length: number;
  /** The code points from `start` up to, not with, `end`; both within the text. */
  slice(start: number, end: number): string;
}

const outsideBmp = /[\u{10000}-\u{10FFFF}]/u;

/** Indexes a text for slices by code point; costs nothing where every code point is one UTF-16 unit. */
export function codePointText(text: string): CodePointText {
  if (!outsideBmp.test(text)) return { length: text.length, slice: (start, end) => text.slice(start, end) };
  const starts = codePointStarts(text);
  const length = starts.length - 1;
  return {
    length,
    slice: (start, end) => text.slice(starts[Math.min(start, length)], starts[Math.min(end, length)]),
  };
}

/** How many code points a text has. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += unitsAt(text, index)) length -= unitsAt(text, index) - 1;
  return length;
}

/** UTF-16 units of the code point at `index`: 1 or 2. */
export function unitsAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

function codePointStarts(text: string): Uint32Array {
  const starts = new Uint32Array(text.length + 1);
  let count = 0;
  for (let index = 0; index < text.length; index += unitsAt(text, index)) starts[count++] = index;
  starts[count] = text.length;
  return starts.slice(0, count + 1);
}
