import { expect, test } from 'vitest';
import type { RuleVerdict, Verdict } from '../../../../src/gates/verdict.ts';
import { paintFor } from '../../../../src/reports/terminal/paint.ts';
import { verdictTable } from '../../../../src/reports/terminal/verdict-table.ts';

const plain = paintFor({ write: () => undefined, isTerminal: false, columns: 100 }, {});

function tableOf(rules: readonly RuleVerdict[]): readonly string[] {
  const verdict: Verdict = {
    schema: 'flipgate.verdict/1',
    gate: 'acceptance',
    verdict: 'pass',
    arm: 'green',
    evaluated_at: '2026-11-22T12:00:00.000Z',
    runs: {},
    reason: 'all rules pass',
    rules,
  };
  return verdictTable(verdict, plain).split('\n');
}

const rule: RuleVerdict = {
  rule: 'a_rule',
  verdict: 'pass',
  statistic: 'coverage.mean',
  comparing: 'candidate',
  value: 0.9,
  limit: 0.7,
  direction: 'at_least',
  interval: [0.8, 0.95],
  n: 40,
  skipped: 0,
  errored: 0,
  baseline_value: 0.91,
  resolution: 0.02,
  reason: 'is well',
};

test('a difference has a sign, and the columns are explained', () => {
  const [, , , row, , ...legend] = tableOf([
    { ...rule, comparing: 'difference', value: 0, limit: -0.05, interval: [-0.01, 0.02] },
  ]);
  expect(row).toMatch(/\+0 +≥ -0\.05 +-0\.01…\+0\.02 +0\.91 +40 +±0\.02/u);
  expect(legend.join(' ')).toMatch(/value: the candidate's.*baseline's.*n: questions judged.*resolution:/u);
});

test('questions that a rule could not judge are counted beside those that it could', () => {
  expect(tableOf([{ ...rule, n: 36, skipped: 3, errored: 1 }])[3]).toContain('36/40');
});

test('a count shows no resolution: no limit is between 0 and 1 of a thing', () => {
  expect(
    tableOf([{ ...rule, statistic: 'tool_loops', unit: 'count', value: 0, limit: 0, resolution: 1.61 }]).join(
      '\n',
    ),
  ).not.toContain('±');
});

test('a verdict without numbers explains none', () => {
  expect(tableOf([{ rule: 'invariants', verdict: 'pass', reason: 'all pinned' }]).join('\n')).not.toContain(
    'value: ',
  );
});
