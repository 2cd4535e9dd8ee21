import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';
import { expect, test } from 'vitest';
import { alignColumns, lineWidth, wrapped } from '../../../../src/reports/terminal/columns.ts';
import { comparisonTable } from '../../../../src/reports/terminal/comparison-table.ts';
import { paintFor, type Paint } from '../../../../src/reports/terminal/paint.ts';
import { verdictTable } from '../../../../src/reports/terminal/verdict-table.ts';
import { compared, failed } from '../../../support/verdicts.ts';

const paint = (isTerminal: boolean): Paint =>
  paintFor({ write: () => undefined, isTerminal, columns: 80 }, {});
const [plain, coloured] = [paint(false), paint(true)];
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => stringWidth(line)));
const words = (count: number): string =>
  Array.from({ length: count }, (_, index) => `word${index}`).join(' ');

test('columns are aligned by what is seen, not by what is written', () => {
  expect(
    alignColumns([
      ['\u001B[32mok\u001B[39m', 'x'],
      ['long', '😀', 'z'],
      ['', 'yy', 'z'],
      ['漢字', 'a', 'z'],
    ]),
  ).toBe('\u001B[32mok\u001B[39m    x\nlong  😀  z\n      yy  z\n漢字  a   z');
});

test('a sentence that does not fit goes on below its beginning, and loses no word', () => {
  const text = wrapped(words(60), { start: '  ? ' });
  expect(widest(text)).toBeLessThanOrEqual(lineWidth);
  expect(text.split('\n').map((line) => line.slice(0, 4))).toEqual([
    '  ? ',
    ...Array.from({ length: 4 }, () => '    '),
  ]);
  expect(text.slice(4).split(/\s+/u).join(' ')).toBe(words(60));
});

test.each([0, 2, 30, 70, 95, 99, 120])(
  'after a start of %i columns the first line is as long as the others may be',
  (columns) => {
    const text = wrapped(words(30), { start: 'x'.repeat(columns) });
    const [first = '', ...more] = text.split('\n');
    expect(stringWidth(first)).toBeLessThanOrEqual(Math.max(lineWidth, columns + 'word0'.length));
    for (const line of more) expect(stringWidth(line)).toBeLessThanOrEqual(lineWidth);
  },
);

test('a word that is too long stays whole', () => {
  const path = `reports/${'x'.repeat(200)}`;
  expect(wrapped(path, { start: '  ' })).toBe(`  ${path}`);
});

test.each([
  ['a verdict', verdictTable(failed, coloured), verdictTable(failed, plain)],
  ['a comparison', comparisonTable(compared, coloured), comparisonTable(compared, plain)],
])('%s fits a log, and says the same with colours and without', (_, bright, dull) => {
  expect(widest(dull)).toBeLessThanOrEqual(lineWidth);
  expect(stripVTControlCharacters(bright)).toBe(dull);
  expect(bright).not.toBe(dull);
});
