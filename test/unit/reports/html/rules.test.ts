import { describe, expect, test } from 'vitest';
import type { RuleVerdict } from '../../../../src/gates/verdict.ts';
import { definitions } from '../../../../src/reports/html/definitions.ts';
import { reportPage } from '../../../../src/reports/html/page.ts';
import { guideTo } from '../../../../src/reports/html/sections/rule-guide.ts';
import { rulesSection } from '../../../../src/reports/html/sections/rules.ts';
import { statistics } from '../../../../src/statistics/catalogue.ts';
import { reportModel } from '../../../support/report-model.ts';
import { failed } from '../../../support/verdicts.ts';

const rule = (verdict: RuleVerdict['verdict'], more: Partial<RuleVerdict> = {}): RuleVerdict => ({
  rule: verdict,
  verdict,
  reason: 'so it is',
  ...more,
});
const shown = (rules: readonly RuleVerdict[], ids: readonly string[] = []): string =>
  rulesSection({ ...failed, rules }, (id) => ids.includes(id)).markup;

test('what keeps the gate shut is read first, then warnings, then what passes', () => {
  const page = shown([
    rule('waived'),
    rule('pass'),
    rule('fail', { rule: 'warning', severity: 'warn' }),
    rule('pass', { rule: 'passing-warning', severity: 'warn' }),
    rule('inconclusive'),
    rule('error'),
    rule('fail'),
  ]);
  expect([...page.matchAll(/class="rule">([^<]+)</gu)].map(([, name]) => name)).toEqual([
    'error',
    'fail',
    'inconclusive',
    'warning',
    'pass',
    'passing-warning',
    'waived',
  ]);
});

describe('where to look', () => {
  const statistic = 'coverage.mean';
  test('a rule that is not met leads to the charts that are there, and to the questions', () => {
    expect(shown([rule('fail', { statistic })], ['pairs-coverage'])).toContain('href="#pairs-coverage"');
    const without = shown([rule('fail', { statistic })], ['questions']);
    expect(without).not.toContain('href="#pairs-coverage"');
    expect(without).toContain('href="#questions"');
    expect(shown([rule('fail', { statistic: 'lambda.flip.all' })])).toContain('href="#?flips=1"');
  });

  test.each(['pass', 'waived'] as const)(
    'a rule that is %s leads nowhere but to its definition',
    (verdict) => {
      const page = shown([rule(verdict, { statistic })], ['pairs-coverage']);
      expect(page).toContain('href="#definition-coverage"');
      expect(page).not.toContain('class="look"');
    },
  );
});

test('every statistic about quality, latency or faults has its definition', () => {
  const undefinedOnes = statistics
    .map(({ name }) => name)
    .filter((name) => guideTo({ rule: 'own', statistic: name }).definition === undefined);
  expect(undefinedOnes).toEqual([
    'side_effects',
    'dedupe_hits',
    'usage.input_tokens',
    'usage.output_tokens',
    'cost.total',
    'cost.per_converged_answer',
  ]);
  for (const { definition } of statistics.map(({ name }) => guideTo({ rule: 'own', statistic: name })))
    if (definition !== undefined) expect(Object.keys(definitions)).toContain(definition);
});

test('a rule with the name of something every object has leads nowhere', () => {
  expect(guideTo({ rule: 'constructor' })).toEqual({ look: [] });
});

test('what rules lead to is on a page of two arms', () => {
  const page = reportPage(reportModel(), { style: '', script: '' });
  const looks = statistics.flatMap(({ name }) => guideTo({ rule: 'own', statistic: name }).look);
  for (const { to } of looks) if (!to.startsWith('?')) expect(page).toContain(` id="${to}"`);
});
