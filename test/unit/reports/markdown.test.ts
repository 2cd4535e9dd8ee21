import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitizeForTerminal } from '../../../src/base/printable.ts';
import type { Verdict } from '../../../src/gates/verdict.ts';
import { markdownText } from '../../../src/reports/markdown-text.ts';
import { comparisonMarkdown, verdictMarkdown } from '../../../src/reports/markdown.ts';
import { compared, failed, hostileTexts, questionOf } from '../../support/verdicts.ts';

test('a gate that fails with its comparison, whole', () => {
  expect(verdictMarkdown(failed, compared)).toMatchSnapshot();
});

test('a comparison, whole', () => {
  const healthy = {
    ...compared,
    questions: [questionOf('Q_0001', 0)],
    warnings: [],
    statistics: {},
    latency_ratio: {},
  };
  const { drift: _drift, ...bare } = healthy;
  expect(`\n${comparisonMarkdown(bare)}`).toMatchInlineSnapshot(`
    "
    ### blue → green

    Runs: 20261122T213000Z-blue-91c2aa and 20261122T213000Z-green-3f9a1c, over 320 cells.

    No question got worse.

    <details>
    <summary>All statistics of both arms</summary>

    | statistic | blue | green | difference | 95 % interval | n |
    | --- | --- | --- | --- | --- | --- |

    </details>
    "
  `);
});

describe('the first line', () => {
  test.each([
    ['pass', '### ✅ pass: because'],
    ['fail', '### ❌ fail: because'],
    ['inconclusive', '### ❔ inconclusive: because'],
    ['error', '### 🛑 error: because'],
    ['constructor' as 'pass', '### 🛑 constructor: because'],
  ] as const)('of a verdict that is %s has its symbol and its word', (verdict, line) => {
    const text = verdictMarkdown({ ...failed, verdict, reason: 'because' });
    expect(text.split('\n')[0]).toBe(line);
  });
});

test('an empty list of rules is told', () => {
  expect(verdictMarkdown({ ...failed, rules: [], verdict: 'error' })).toContain('No rules were judged.');
});

test('at most five questions are shown, and those that did not get worse are not', () => {
  const text = verdictMarkdown(failed, compared);
  expect([...text.matchAll(/Q_\d+/gu)].map(([id]) => id)).toEqual([
    'Q_0001',
    'Q_0002',
    'Q_0003',
    'Q_0004',
    'Q_0005',
  ]);
});

/** What a reader of the rendered page sees: character references resolved, the invisible parting characters gone. */
function seen(markdown: string): string {
  return markdown
    .replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('\u200B', '');
}

/** What Markdown readers, GitHub and GitLab make something of. */
const markup = /[<>`*~[\]{}\\|$^\p{Cc}\u2028\u2029]|&(?!#\d+;)|(?<!&)#|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/u;
const found = [
  /@[\w]/u,
  /#\d/u,
  /[!$%~&^]["\w]/u,
  /GH-\d/iu,
  /:\/\//u,
  /:(?:[\w+-]*[A-Za-z+-][\w+-]*|100|1234):/u,
  /www\./iu,
];

function staysText(text: string): void {
  const markdown = markdownText(text);
  expect(markdown).not.toMatch(markup);
  const rendered = markdown.replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code)));
  for (const pattern of found) expect(rendered).not.toMatch(pattern);
  expect(seen(markdown)).toBe(sanitizeForTerminal(text, 300));
}

test.each(hostileTexts)('%j stays a text', staysText);

test('any text stays a text', () => {
  const risky = fc.string({
    unit: fc.constantFrom(...'|`*_[]()<>&#@:/!~$^\\w.GH-1a" \n\t\r'),
    maxLength: 40,
  });
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), risky), staysText), { numRuns: 1000 });
});

test('names of ours read the same in the source', () => {
  expect(markdownText('semantic_distance 0.45 (95 % interval), Q_0001')).toBe(
    'semantic_distance 0.45 (95 % interval), Q_0001',
  );
});

test.each(hostileTexts)('%j changes neither the lines nor the cells of a report', (text) => {
  const withText = (word: string): readonly string[] => {
    const rules = failed.rules.map((rule) => ({ ...rule, rule: word, reason: word }));
    const hostile: Verdict = {
      ...failed,
      gate: word,
      arm: word,
      baseline: word,
      artifact: word,
      reason: word,
      rules,
    };
    const side = { ...compared.baseline, arm: word, id: word };
    const comparison = {
      ...compared,
      baseline: side,
      candidate: side,
      warnings: [{ code: word, count: 1 }],
      questions: [questionOf(word, 1)],
    };
    return `${verdictMarkdown(hostile, comparison)}${comparisonMarkdown(comparison)}`.split('\n');
  };
  const cells = (lines: readonly string[]): readonly number[] => lines.map((line) => line.split('|').length);
  expect(cells(withText(text))).toEqual(cells(withText('word')));
});
