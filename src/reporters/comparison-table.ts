import { printable } from '../base/printable.ts';
import { shown } from '../gates/format.ts';
import type { Comparison, ComparedStatistic } from '../statistics/comparison.ts';
import type { QuestionDifference, Sides } from '../statistics/question-differences.ts';
import { alignColumns } from './columns.ts';
import { comparisonWarnings } from './comparison-warnings.ts';
import type { Paint } from './paint.ts';

const shownQuestions = 5;

/** A comparison for people: every statistic of both arms with its paired difference, then the questions that got worse. */
export function comparisonTable(comparison: Comparison, paint: Paint): string {
  const { baseline, candidate } = comparison;
  const header = ['', baseline.arm, candidate.arm, 'difference', '95 % interval', 'n'].map((title) => paint.dim(title));
  const rows = Object.entries(comparison.statistics).map(([name, statistic]) => rowOf(name, statistic, paint));
  const told = comparison.warnings.map(({ code }) => `  ${paint.yellow('!')} ${comparisonWarnings[code] ?? code}`);
  const parts = [
    `${paint.bold(`${baseline.arm} → ${candidate.arm}`)}  ${printable(baseline.id)} .. ${printable(candidate.id)}`,
    ...told,
    '',
    alignColumns([header, ...rows], '  '),
    '',
    ...pairedLines(comparison),
    '',
    ...questionLines(comparison.questions, paint),
  ];
  return parts.join('\n');
}

function rowOf(
  name: string,
  { unit, better, baseline, candidate, difference, interval, n }: ComparedStatistic,
  paint: Paint,
): readonly string[] {
  const format = (value: number | undefined): string => (value === undefined ? '' : shown(value, unit));
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${format(value)}`;
  const changed = interval !== undefined && (interval[0] > 0 || interval[1] < 0);
  const worse = difference !== undefined && difference > 0 === (better === 'lower');
  const brush = worse ? paint.red : paint.green;
  const told = difference === undefined ? '' : signed(difference);
  return [
    name,
    format(baseline),
    format(candidate),
    changed ? brush(told) : told,
    interval === undefined ? '' : `${signed(interval[0])} to ${signed(interval[1])}`,
    String(n),
  ];
}

function pairedLines({ latency_ratio: ratios, drift }: Comparison): readonly string[] {
  const rows = Object.entries(ratios).map(([clock, { median, p95, interval, n_calls }]) => [
    `latency ${clock}, paired ratio`,
    `median ${shown(median, 'ratio', 'ratio')}`,
    `p95 ${shown(p95, 'ratio', 'ratio')}`,
    interval === undefined ? '' : `95 % interval of the median ${shown(interval[0], 'ratio')} to ${shown(interval[1], 'ratio')}`,
    `${n_calls} cells`,
  ]);
  const drifts =
    drift === undefined
      ? []
      : [
          [
            'ΔS per cell, difference',
            `median ${shown(drift.median, 'distance')}`,
            `p95 ${shown(drift.p95, 'distance')}`,
            '',
            `${drift.n_calls} cells`,
          ],
        ];
  return [alignColumns([...rows, ...drifts], '  ')];
}

function questionLines(questions: readonly QuestionDifference[], paint: Paint): readonly string[] {
  const worst = questions.filter(({ worsening }) => worsening > 0).slice(0, shownQuestions);
  if (worst.length === 0) return ['  no question got worse'];
  const rows = worst.map((question) => [
    printable(question.question),
    `coverage ${change(question.coverage)}`,
    `ΔS ${change(question.question_retrieved)}`,
    `convergent ${change(question.convergent)}`,
    `faults ${change(question.faulted)}`,
  ]);
  return [paint.bold('questions that got worse, worst first'), alignColumns(rows, '  ')];
}

function change({ baseline, candidate }: Sides): string {
  const format = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));
  return `${format(baseline)} → ${format(candidate)}`;
}
