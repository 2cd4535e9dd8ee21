import type { Verdict } from '../../src/gates/verdict.ts';
import type { Comparison, Header } from '../../src/statistics/comparison.ts';
import type { QuestionDifference } from '../../src/statistics/question-differences.ts';

/** A verdict with a rule of each kind and a problem. */
export const failed: Verdict = {
  schema: 'flipgate.verdict/1',
  gate: 'acceptance',
  verdict: 'fail',
  arm: 'green',
  baseline: 'blue',
  evaluated_at: '2026-11-22T21:35:00.125Z',
  evidence_at: '2026-11-22T21:30:00Z',
  expires_at: '2026-11-22T21:45:00Z',
  artifact: 'abcdef0123456789abcdef',
  runs: { candidate: '20261122T213000Z-green-3f9a1c', baseline: '20261122T213000Z-blue-91c2aa' },
  reason: 'coverage 0.58 is below 0.7 (95 % interval 0.51 to 0.64, 36 questions)',
  problems: [{ code: 'small_plan', verdict: 'inconclusive', reason: 'the plan asked 36 of 40 questions' }],
  rules: [
    {
      rule: 'coverage',
      verdict: 'fail',
      value: 0.5812345678901234,
      limit: 0.7,
      direction: 'at_least',
      unit: 'ratio',
      interval: [0.51, 0.64],
      evidence: 'balanced',
      n: 36,
      n_calls: 288,
      skipped: 4,
      errored: 0,
      resolution: 0.028,
      fail_resolution: 0.093,
      baseline_value: 0.81,
      reason: 'coverage 0.58 is below 0.7 (95 % interval 0.51 to 0.64, 36 questions)',
    },
    {
      rule: 'error_rate',
      verdict: 'pass',
      value: 0,
      limit: 0.005,
      direction: 'at_most',
      unit: 'ratio',
      n: 40,
      reason: 'error rate 0',
    },
    {
      rule: 'latency_p95',
      verdict: 'inconclusive',
      statistic: 'latency.total.p95',
      comparing: 'ratio',
      value: 1.2,
      limit: 1.15,
      direction: 'at_most',
      unit: 'ratio',
      baseline_value: 0.2,
      reason: 'latency 1.2 ×: undecided',
    },
    { rule: 'rollback_drill', verdict: 'waived', reason: 'waived: no pointer here' },
    { rule: 'invariants', verdict: 'error', reason: 'PROMPT_VER is missing' },
    {
      rule: 'tool_loops',
      verdict: 'fail',
      severity: 'warn',
      value: 2,
      limit: 0,
      unit: 'count',
      reason: '2 answers with a tool loop',
    },
  ],
};

const header: Header = {
  schema: 'flipgate.run/1',
  id: '20261122T213000Z-blue-91c2aa',
  session: '20261122T213000Z-7b20de',
  arm: 'blue',
  role: 'baseline',
  status: 'complete',
  started_at: '2026-11-22T21:29:00Z',
  finished_at: '2026-11-22T21:30:00Z',
  provenance: {
    version: '0.1.0',
    node: '20.20.2',
    platform: 'linux-x64',
    arguments: ['run'],
    config_sha256: 'c',
  },
  gold: { sha256: 'g', path: 'gold/handbook', questions: 40 },
  plan: { questions: 40, phrasings: 4, seeds: [1, 2], cells: 320, order_seed: 1, concurrency: 16 },
  view: 'best',
  artifact: { sha256: 'a', complete: true },
  findings: [],
  files: {},
};

export function questionOf(question: string, worsening: number): QuestionDifference {
  const sides = { baseline: 0.75, candidate: 0.5, difference: -0.25 };
  const missing = { baseline: 0.3 };
  const measured = {
    question_retrieved: missing,
    coverage: sides,
    convergent: sides,
    flip: missing,
    latency: sides,
    faulted: sides,
  };
  return { question, answerable: true, ...measured, worsening, phrasing: 2, seed: 1 };
}

/** A comparison with seven questions, six of which got worse. */
export const compared: Comparison = {
  schema: 'flipgate.comparison/1',
  baseline: header,
  candidate: { ...header, id: '20261122T213000Z-green-3f9a1c', arm: 'green', role: 'candidate' },
  bootstrap: { resamples: 2000, seed: 1, questions: 40 },
  warnings: [{ code: 'other_session', count: 1 }],
  statistics: {
    'coverage.mean': {
      unit: 'ratio',
      better: 'higher',
      baseline: 0.81,
      candidate: 0.5812345678901234,
      difference: -0.2287654321098766,
      interval: [-0.3, -0.15],
      n: 36,
    },
    'latency.total.p95': {
      unit: 'seconds',
      better: 'lower',
      baseline: 0.2,
      candidate: 1.25,
      difference: 1.05,
      interval: [0.9, 1.1],
      n: 40,
    },
    tool_loops: { unit: 'count', better: 'lower', candidate: 2, n: 0 },
  },
  latency_ratio: { total: { median: 1.1, p95: 2.5, interval: [1.05, 1.2], n_calls: 318 } },
  drift: { median: 0.01, p95: 0.2, n_calls: 318 },
  questions: [1.5, 1.25, 1, 0.75, 0.5, 0.25, -1e-7].map((worsening, index) =>
    questionOf(`Q_000${index + 1}`, worsening),
  ),
};

/** Texts that want to be more than texts. */
export const hostileTexts: readonly string[] = [
  ']]></failure></testcase><!-- & "quoted" \'apostrophe\' &amp; &#0; <?xml?>',
  'nul \u0000 bell \u0007 escape \u001B[31m vertical \u000B delete \u007F',
  'lone \uD800 high, lone \uDC00 low, \uFFFE and \uFFFF, whole 😀',
  'first line\nsecond line\r\nthird\tcolumn\u2028separator\u0085next',
  '| a | b |\n|---|---|\n\\| escaped \\\\| pipe',
  '`code` ```js\nfence``` **bold** __strong__ _em_ ~~struck~~ $x^2$ #1 GH-2 !3',
  '<script>alert(1)</script> <img src=x onerror=alert(1)> <!-- </details>',
  '@octocat @org/team me@example.com :white_check_mark: :+1:',
  '[link](javascript:alert(1)) ![image](https://example.com/x.png) <https://example.com> https://example.com www.example.com',
  '[label]: https://example.com [^1] - [x] done\n# heading\n> quote\n1. one',
  '=HYPERLINK("https://example.com","x")',
  '+1',
  '-1+cmd|/c calc',
  '@SUM(1,2)',
  '\t=1+1',
  '\r=1+1',
  '\u0000=1+1',
  '\uFEFF=1+1',
  '＝1+1',
  'comma, "quote" and; semicolon',
  '/close\n::error::owned\n::set-output name=verdict::pass',
  '\u202Ereversed\u202C zero\u200Bwidth',
  '',
];
