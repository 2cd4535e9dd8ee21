import { rowsIn, textIn, unusedKeys, type Imported, type ImportedQuestion } from './formats.ts';

type Row = Readonly<Record<string, unknown>>;

const questionColumns = ['question', 'query', 'input', 'user_input', 'prompt'] as const;
const answerColumns = [
  'answer',
  'reference',
  'ground_truth',
  'expected',
  'expected_answer',
  '__expected',
] as const;
const paraphraseColumn = /^paraphrases?(?:[_ ]?\d+)?$/iu;
const anchorColumn = /^(source_url|section_id|anchor_text|anchor|offsets)(?:[_ ]?(\d+))?$/iu;
const tagColumn = /^tags?(?:[_ ]?\d+)?$/iu;

/**
 * Rows of a table: a question column, paraphrases in `paraphrase_1` … or one column split at `|` or line ends, anchor columns (a second
 * anchor's end in `_2`), answer, answerable, tags. Column names in any case. Rows without a question, and what has no meaning, are notes.
 */
export function fromRows(values: readonly unknown[]): Imported {
  const rows = rowsIn(values).map(lowerKeys);
  const notes: string[] = [];
  const questions = rows.flatMap((row) => questionOf(row, notes) ?? []);
  const skipped = values.length - questions.length;
  const left = rows.map(leftOver);
  return {
    questions,
    notes: [
      ...(skipped > 0 ? [`${skipped} rows have no question and were left out`] : []),
      ...notes,
      ...unusedKeys(left, new Set()),
    ],
  };
}

function lowerKeys(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key.trim().toLowerCase(), value]));
}

/** The cells of a row that nothing is made of: of several question or answer columns only the first with words is used. */
function leftOver(row: Row): Row {
  const used = new Set<string | undefined>([
    firstColumn(row, questionColumns),
    firstColumn(row, answerColumns),
    'id',
    'answerable',
    'anchors',
  ]);
  const read = (column: string): boolean =>
    used.has(column) || paraphraseColumn.test(column) || anchorColumn.test(column) || tagColumn.test(column);
  return Object.fromEntries(
    Object.entries(row).filter(
      ([column, cell]) => !read(column) && cell !== undefined && cell !== null && cell !== '',
    ),
  );
}

function questionOf(row: Row, notes: string[]): ImportedQuestion | undefined {
  const column = firstColumn(row, questionColumns);
  if (column === undefined) return undefined;
  const question = textIn(row[column]) ?? '';
  const answerColumn = firstColumn(row, answerColumns);
  const listed = (pattern: RegExp, at: RegExp): readonly string[] =>
    Object.entries(row).flatMap(([key, value]) => (pattern.test(key) ? split(value, at) : []));
  return {
    id: textIn(row['id']),
    question,
    paraphrases: listed(paraphraseColumn, /[|\n]/u),
    anchors: anchorsOf(row, notes),
    answer: answerColumn === undefined ? undefined : textIn(row[answerColumn]),
    answerable: answerableOf(row, notes),
    tags: listed(tagColumn, /[|,;\n]/u),
  };
}

function firstColumn(row: Row, columns: readonly string[]): string | undefined {
  return columns.find((column) => textIn(row[column]) !== undefined);
}

function split(value: unknown, at: RegExp): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(value) ? value : (textIn(value) ?? '').split(at);
  return parts.flatMap((part) => textIn(part) ?? []);
}

function answerableOf(row: Row, notes: string[]): boolean | undefined {
  const written = row['answerable'];
  const text = typeof written === 'boolean' ? String(written) : textIn(written)?.toLowerCase();
  if (text === undefined || ['true', 'yes', '1'].includes(text)) return undefined;
  if (['false', 'no', '0'].includes(text)) return false;
  notes.push(`answerable "${text}" is neither true nor false: the question is taken as answerable`);
  return undefined;
}

function anchorsOf(row: Row, notes: string[]): readonly object[] {
  const native = row['anchors'];
  if (Array.isArray(native))
    return native.filter((anchor): anchor is object => typeof anchor === 'object' && anchor !== null);
  const byNumber = new Map<string, Record<string, unknown>>();
  for (const [column, value] of Object.entries(row)) {
    const [, name, number = '1'] = anchorColumn.exec(column) ?? [];
    if (name === undefined || (textIn(value) === undefined && !Array.isArray(value))) continue;
    const anchor = byNumber.get(number) ?? {};
    byNumber.set(number, { ...anchor, ...anchorPart(name, value, notes) });
  }
  return [...byNumber.values()].filter((anchor) => Object.keys(anchor).length > 0);
}

function anchorPart(name: string, value: unknown, notes: string[]): Record<string, unknown> {
  if (name !== 'offsets') return { [name.startsWith('anchor') ? 'text' : name]: textIn(value) };
  const numbers = Array.isArray(value)
    ? value.map(Number)
    : (/^\D*(\d+)\D+(\d+)\D*$/u.exec(textIn(value) ?? '')?.slice(1) ?? []).map(Number);
  if (numbers.length === 2) return { offsets: numbers };
  notes.push(`offsets "${String(value)}" are not two numbers and were left out`);
  return {};
}
