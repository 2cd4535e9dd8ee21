import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';

/** Columns that what people read fits into, as in the logs of a CI system. */
export const lineWidth = 99;

/**
 * Rows of cells as aligned columns, two spaces apart; colours have no width, wide characters two columns. The last cell of a row that
 * does not fit goes on below itself. With `isTight` columns are one space apart where they do not fit otherwise.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  indent = '',
  { isTight = false }: { readonly isTight?: boolean } = {},
): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell))));
  const needed = widths.reduce((sum, width) => sum + width + 2, indent.length - 2);
  const gap = isTight && needed > lineWidth ? ' ' : '  ';
  return rows.map((row) => alignedRow(row, widths, { indent, gap })).join('\n');
}

function alignedRow(
  row: readonly string[],
  widths: readonly number[],
  { indent, gap }: { readonly indent: string; readonly gap: string },
): string {
  const start = row
    .slice(0, -1)
    .map((cell, column) => `${cell}${' '.repeat((widths[column] ?? 0) - stringWidth(cell))}${gap}`);
  const last = row.at(-1) ?? '';
  // A number is not broken; a sentence is.
  return stringWidth(last) < leastRoom
    ? `${indent}${start.join('')}${last}`.trimEnd()
    : wrapped(last, { start: `${indent}${start.join('')}` });
}

export interface Wrapping {
  /** Stands before the text on its first line. */
  readonly start: string;
  /** Columns that its other lines are indented by; below the text's beginning by default. */
  readonly hanging?: number;
}

/** The least room for a text that goes on below its own beginning. */
const leastRoom = 24;

/** A text after its start, broken between words where it does not fit; a word that is too long stays whole. */
export function wrapped(text: string, { start, hanging }: Wrapping): string {
  const beginning = stringWidth(start);
  const indent = hanging ?? (lineWidth - beginning < leastRoom ? 4 : beginning);
  const room = lineWidth - indent;
  // The first line has less room than the others: its start is held free by letters before the first word.
  const held = 'x'.repeat(Math.max(0, beginning - indent));
  const [first = '', ...more] = wrapAnsi(`${held}${text}`, room, { trim: true }).split('\n');
  return [`${start}${first.slice(held.length)}`, ...more.map((line) => `${' '.repeat(indent)}${line}`)].join(
    '\n',
  );
}
