import type { Verdict } from '../gates/verdict.ts';
import type { Comparison } from '../statistics/comparison.ts';
import type { QuestionDifference } from '../statistics/question-differences.ts';

/** Texts are protected against spreadsheets, numbers are written in full, what is missing is empty. */
type Cell = string | number | boolean | undefined;
type Row = Readonly<Record<string, Cell>>;

const verdictColumns = [
  'gate arm baseline kind name verdict severity statistic comparing value limit direction unit interval_lower interval_upper',
  'evidence n n_calls skipped errored resolution fail_resolution baseline_value reason',
].flatMap((line) => line.split(' '));

/** Verdicts as CSV (RFC 4180), one after the other: a row for the gate, then one a rule, then one a problem. */
export function verdictsCsv(verdicts: readonly Verdict[]): string {
  return [...csv(verdictColumns, verdicts.flatMap(verdictRows))].join('');
}

function verdictRows({
  gate,
  arm,
  baseline,
  verdict,
  reason,
  rules,
  problems = [],
}: Verdict): readonly Row[] {
  const about = { gate, arm, baseline };
  return [
    { ...about, kind: 'gate', name: gate, verdict, reason },
    ...rules.map(({ rule, interval, ...numbers }) => ({
      ...numbers,
      ...ends(interval),
      ...about,
      kind: 'rule',
      name: rule,
    })),
    ...problems.map(({ code, ...told }) => ({ ...told, ...about, kind: 'problem', name: code })),
  ];
}

const measurements = ['question_retrieved', 'coverage', 'convergent', 'flip', 'latency', 'faulted'] as const;
const sides = ['baseline', 'candidate', 'difference'] as const;

/**
 * A comparison's questions as CSV (RFC 4180), a row each, worst first, in pieces one after the other. Latencies in seconds; ΔS is
 * between question and retrieved, in the view of the runs, which is told.
 */
export function questionsCsv(comparison: Comparison): Generator<string> {
  const measured = measurements.flatMap((name) => sides.map((side) => `${name}_${side}`));
  const columns = [
    'baseline_run',
    'candidate_run',
    'question',
    'answerable',
    'view',
    ...measured,
    'worsening',
    'phrasing',
    'seed',
  ];
  return csv(columns, questionRows(comparison));
}

function* questionRows({ baseline, candidate, questions }: Comparison): Generator<Row> {
  for (const question of questions)
    yield {
      baseline_run: baseline.id,
      candidate_run: candidate.id,
      question: question.question,
      answerable: question.answerable,
      view: candidate.view,
      ...measuredCells(question),
      worsening: question.worsening,
      phrasing: question.phrasing,
      seed: question.seed,
    };
}

const callColumns = [
  'question phrasing seed outcome status at total retrieve rerank reason view question_retrieved retrieved_anchor answer_anchor coverage',
  'state flip trace_id answer',
].flatMap((line) => line.split(' '));

/**
 * A run's calls as CSV (RFC 4180), a row each, in the order given and in pieces one after the other: memory does not grow with the calls.
 * Latencies in seconds, ΔS in the view that the row tells. Without texts there is no `answer`.
 */
export function callsCsv(
  calls: Iterable<Row>,
  { withTexts }: { readonly withTexts: boolean },
): Generator<string> {
  return csv(withTexts ? callColumns : callColumns.filter((column) => column !== 'answer'), calls);
}

function measuredCells(question: QuestionDifference): Row {
  return Object.fromEntries(
    measurements.flatMap((name) => sides.map((side) => [`${name}_${side}`, question[name][side]])),
  );
}

function ends(interval: readonly [number, number] | undefined): Row {
  return { interval_lower: interval?.[0], interval_upper: interval?.[1] };
}

/** Characters after which a piece goes on its way. */
const pieceLength = 1 << 16;

function* csv(columns: readonly string[], rows: Iterable<Row>): Generator<string> {
  const lineOf = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
  let piece = lineOf(columns);
  for (const row of rows) {
    if (piece.length >= pieceLength) {
      yield piece;
      piece = '';
    }
    piece += lineOf(columns.map((column) => cellText(row[column])));
  }
  yield piece;
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return quoted(typeof cell === 'string' ? withoutFormula(cell) : String(cell));
}

/**
 * Spreadsheets take a cell for a formula by its first character, some after skipping what cannot be seen; a leading apostrophe makes it a
 * text. Control characters other than tabs and line breaks are dropped, for some programs drop them and would look at what follows.
 */
function withoutFormula(text: string): string {
  const clean = text.toWellFormed().replaceAll(/(?![\t\r\n])\p{Cc}/gu, '');
  return /^[\p{Cf}\p{Z}]*[=+\-@\t\r\n＝＋－＠]/u.test(clean) ? `'${clean}` : clean;
}

/** Quoted where RFC 4180 asks for it, and where a program that separates by something else would see two cells. */
function quoted(text: string): string {
  return /[",;\t\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
