import { shown } from '../gates/format.ts';
import type { RuleVerdict, Verdict } from '../gates/verdict.ts';
import type { Comparison, PairedCells } from '../statistics/comparison.ts';
import type { QuestionDifference, QuestionSides } from '../statistics/question-differences.ts';
import { warningSentence } from './comparison-warnings.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import { ruleNumbers } from './rule-numbers.ts';
import { statisticRow } from './statistic-row.ts';

const shownQuestions = 5;

/**
 * A verdict for a job's summary or a comment: the sentence first, a table of the rules, what else keeps the gate from passing, and, with
 * a comparison, the questions that got worse and all statistics folded away. No text of an arm or a gold set can become markup.
 */
export function verdictMarkdown(verdict: Verdict, comparison?: Comparison): string {
  const { gate, arm, baseline, rules, problems = [] } = verdict;
  const against = baseline === undefined ? '' : ` against ${markdownText(baseline)}`;
  const blocks = [
    `### ${judged(verdict.verdict)}: ${markdownText(verdict.reason)}`,
    `Gate ${markdownText(gate)}, arm ${markdownText(arm)}${against}`,
    rules.length === 0 ? 'No rules were judged.' : rulesTable(rules),
    ...(problems.length === 0
      ? []
      : [
          problems
            .map(
              ({ code, verdict: name, reason }) =>
                `- ${judged(name)}, ${markdownText(code)}: ${markdownText(reason)}`,
            )
            .join('\n'),
        ]),
    subject(verdict),
    ...(comparison === undefined ? [] : comparisonBlocks(comparison)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** A comparison for a job's summary or a comment: warnings, the questions that got worse, and all statistics folded away. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { baseline, candidate } = comparison;
  const head = `### ${markdownText(baseline.arm)} → ${markdownText(candidate.arm)}`;
  const runs = `Runs: ${markdownText(baseline.id)} and ${markdownText(candidate.id)}, over ${candidate.plan.cells} cells.`;
  return `${[head, runs, ...comparisonBlocks(comparison)].join('\n\n')}\n`;
}

/** Symbol and word, so that neither colour nor font decides what is read. */
function judged(verdict: RuleVerdict['verdict']): string {
  const symbols: Readonly<Record<string, string>> = {
    pass: '✅',
    waived: '➖',
    inconclusive: '❔',
    fail: '❌',
  };
  const symbol = Object.hasOwn(symbols, verdict) ? symbols[verdict] : '🛑';
  return `${symbol} ${markdownText(verdict)}`;
}

function rulesTable(rules: readonly RuleVerdict[]): string {
  const head = [
    'rule',
    'verdict',
    'value',
    'limit',
    '95 % interval',
    'baseline',
    'n',
    'resolution',
    'reason',
  ];
  const rows = rules.map((rule) => {
    const { value, limit, interval, baseline, n, resolution } = ruleNumbers(rule);
    const word = `${judged(rule.verdict)}${rule.severity === 'warn' ? ' (only a warning)' : ''}`;
    return [
      markdownText(rule.rule),
      word,
      value,
      limit,
      interval,
      baseline,
      n,
      resolution,
      markdownText(rule.reason),
    ];
  });
  return markdownTable(head, rows);
}

function subject({ artifact, runs, evaluated_at, expires_at }: Verdict): string {
  const told = [
    ['artifact', artifact?.slice(0, 12)],
    ['candidate', runs.candidate],
    ['baseline', runs.baseline],
    ['judged', evaluated_at],
    ['expires', expires_at],
  ] as const;
  return told
    .flatMap(([title, text]) => (text === undefined ? [] : [`${title} ${markdownText(text)}`]))
    .join(', ');
}

function comparisonBlocks(comparison: Comparison): readonly string[] {
  const warnings = comparison.warnings.map(
    ({ code }) => `- ⚠️ ${warningSentence(code) ?? markdownText(code)}`,
  );
  return [
    ...(warnings.length === 0 ? [] : [warnings.join('\n')]),
    worstQuestions(comparison.questions),
    `<details>\n<summary>All statistics of both arms</summary>`,
    statisticsTable(comparison),
    ...pairedTable(comparison),
    '</details>',
  ];
}

function worstQuestions(questions: readonly QuestionDifference[]): string {
  const worst = questions.filter(({ worsening }) => worsening > 0).slice(0, shownQuestions);
  if (worst.length === 0) return 'No question got worse.';
  const rows = worst.map((question) => [
    markdownText(question.question),
    change(question.coverage),
    change(question.question_retrieved),
    change(question.convergent),
    change(question.faulted),
    `phrasing ${question.phrasing}, seed ${question.seed}`,
  ]);
  const head = ['question', 'coverage', 'ΔS', 'convergent', 'faults', 'look first at'];
  return `**Questions that got worse, worst first**\n\n${markdownTable(head, rows)}`;
}

function change({ baseline, candidate }: QuestionSides): string {
  const format = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));
  return `${format(baseline)} → ${format(candidate)}`;
}

function statisticsTable({ baseline, candidate, statistics }: Comparison): string {
  const head = [
    'statistic',
    markdownText(baseline.arm),
    markdownText(candidate.arm),
    'difference',
    '95 % interval',
    'n',
  ];
  return markdownTable(
    head,
    Object.entries(statistics).map(([name, statistic]) => {
      const { baseline: before, candidate: after, difference, interval, n } = statisticRow(statistic);
      return [markdownText(name), before, after, difference, interval, n];
    }),
  );
}

function pairedTable({ latency_ratio: ratios, drift }: Comparison): readonly string[] {
  const rows = [
    ...Object.entries(ratios).map(([clock, cells]) =>
      pairedRow(`latency ${clock}, candidate / baseline`, cells, 'ratio'),
    ),
    ...(drift === undefined ? [] : [pairedRow('ΔS, candidate − baseline', drift, 'candidate')]),
  ];
  return rows.length === 0
    ? []
    : [markdownTable(['per cell', 'median', '95 % interval', 'p95', 'cells'], rows)];
}

function pairedRow(
  title: string,
  { median, p95, interval, n_calls }: PairedCells,
  comparing: 'ratio' | 'candidate',
): readonly string[] {
  const format = (value: number): string => shown(value, 'ratio', comparing);
  const range = interval === undefined ? '' : `${format(interval[0])} to ${format(interval[1])}`;
  return [markdownText(title), format(median), range, format(p95), String(n_calls)];
}
