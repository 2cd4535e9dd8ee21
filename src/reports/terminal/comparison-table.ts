import { sanitizeForTerminal } from '../../base/printable.ts';
import { shown } from '../../gates/format.ts';
import type { Comparison, ComparedStatistic } from '../../statistics/comparison.ts';
import type { QuestionDifference, QuestionSides } from '../../statistics/question-differences.ts';
import { alignColumns } from './columns.ts';
import { warningSentence } from '../comparison-warnings.ts';
import type { Paint } from './paint.ts';
import { statisticRow } from '../statistic-row.ts';

const shownQuestions = 5;

/** A comparison for people: every statistic of both arms with its paired difference, then the questions that got worse. */
export function comparisonTable(comparison: Comparison, paint: Paint): string {
  const { baseline, candidate } = comparison;
  const header = ['', baseline.arm, candidate.arm, 'difference', '95 % interval', 'n'].map((title) =>
    paint.dim(title),
  );
  const rows = grouped(Object.keys(comparison.statistics)).map(({ name, label }) => {
    const statistic = name === undefined ? undefined : comparison.statistics[name];
    return statistic === undefined ? [paint.dim(label)] : [label, ...numbersOf(statistic, paint)];
  });
  const told = comparison.warnings.map(
    ({ code }) => `  ${paint.yellow('!')} ${warningSentence(code) ?? sanitizeForTerminal(code)}`,
  );
  const parts = [
    `${paint.bold(`${baseline.arm} → ${candidate.arm}`)}  ${sanitizeForTerminal(baseline.id)} .. ${sanitizeForTerminal(candidate.id)}`,
    ...told,
    '',
    alignColumns([header, ...rows], '  '),
    '',
    pairedLines(comparison, paint),
    '',
    ...questionLines(comparison.questions, paint),
  ];
  return parts.join('\n');
}

interface Labelled {
  /** Absent for the heading of a group. */
  readonly name?: string;
  readonly label: string;
}

/** Statistics that share all but the end of their name stand below what they share. */
function grouped(names: readonly string[]): readonly Labelled[] {
  const rows: Labelled[] = [];
  let group = '';
  for (const name of names) {
    const shared = name.slice(0, name.lastIndexOf('.') + 1);
    const isGroup = shared !== '' && names.filter((other) => other.startsWith(shared)).length > 1;
    if (isGroup && shared !== group) rows.push({ label: shared });
    group = isGroup ? shared : '';
    rows.push({ name, label: isGroup ? `  .${name.slice(shared.length)}` : name });
  }
  return rows;
}

function numbersOf(statistic: ComparedStatistic, paint: Paint): readonly string[] {
  const { baseline, candidate, difference, interval, n, became } = statisticRow(statistic);
  const brush = { worse: paint.red, better: paint.green, same: String }[became ?? 'same'];
  return [baseline, candidate, brush(difference), interval, n];
}

function pairedLines({ latency_ratio: ratios, drift }: Comparison, paint: Paint): string {
  const header = ['cell by cell', 'median', '95 % interval', 'p95', 'cells'].map((title) => paint.dim(title));
  const rows = Object.entries(ratios).map(([clock, { median, p95, interval, n_calls }]) => [
    `latency ${clock}, ratio`,
    shown(median, 'ratio', 'ratio'),
    interval === undefined
      ? ''
      : `${shown(interval[0], 'ratio', 'ratio')} to ${shown(interval[1], 'ratio', 'ratio')}`,
    shown(p95, 'ratio', 'ratio'),
    String(n_calls),
  ]);
  const drifts =
    drift === undefined
      ? []
      : [
          [
            'ΔS, difference',
            shown(drift.median, 'distance'),
            '',
            shown(drift.p95, 'distance'),
            String(drift.n_calls),
          ],
        ];
  return rows.length + drifts.length === 0 ? '' : alignColumns([header, ...rows, ...drifts], '  ');
}

function questionLines(questions: readonly QuestionDifference[], paint: Paint): readonly string[] {
  const worst = questions.filter(({ worsening }) => worsening > 0).slice(0, shownQuestions);
  if (worst.length === 0) return ['  no question got worse'];
  const rows = worst.map((question) => [
    sanitizeForTerminal(question.question),
    `coverage ${change(question.coverage)}`,
    `ΔS ${change(question.question_retrieved)}`,
    `convergent ${change(question.convergent)}`,
    `faults ${change(question.faulted)}`,
  ]);
  return [paint.bold('questions that got worse, worst first'), alignColumns(rows, '  ')];
}

function change({ baseline, candidate }: QuestionSides): string {
  const format = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));
  return `${format(baseline)} → ${format(candidate)}`;
}
