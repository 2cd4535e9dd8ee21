import { stripVTControlCharacters } from 'node:util';

/** Rows of cells as aligned columns, two spaces apart; colours do not count as width. */
export function alignColumns(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))));
  const lines = rows.map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))).join('  '));
  return lines.map((line) => `${indent}${line}`.trimEnd()).join('\n');
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
