import { describe, expect, test } from 'vitest';
import type { RuleVerdict } from '../../../../src/gates/verdict.ts';
import { distributionCharts } from '../../../../src/reports/html/charts/distributions.ts';
import { latencyChart } from '../../../../src/reports/html/charts/latencies.ts';
import { pairCharts } from '../../../../src/reports/html/charts/pairs.ts';
import type { Markup } from '../../../../src/reports/html/markup.ts';
import type { CallColumns, ReportModel, ReportQuestion } from '../../../../src/reports/html/model.ts';
import { reportModel } from '../../../support/report-model.ts';
import { failed } from '../../../support/verdicts.ts';

const model = reportModel();

/** What a picture says in words. */
function said(chart: Markup | undefined): string {
  return /-says">(.*?)<a/su.exec(chart?.markup ?? '')?.[1]?.replaceAll(/\s+/gu, ' ') ?? '';
}

/** Every place in a picture is a number. */
function isDrawn({ markup }: Markup): boolean {
  return !/NaN|Infinity|undefined/u.test(markup);
}

describe('latencies', () => {
  const none = new Float64Array(8).fill(Number.NaN);
  const alone = (latency: Partial<CallColumns['latency']>): ReportModel => {
    const { baseline: _baseline, candidate, ...rest } = model;
    const all = { total: none, retrieve: none, rerank: none, reason: none, ...latency };
    return { ...rest, candidate: { ...candidate, calls: { ...candidate.calls, latency: all } } };
  };

  test('a call of 0 s counts as one, and is drawn at the start of the scale', () => {
    const chart = latencyChart(alone({ total: Float64Array.from([0, 0, 0, 0, 0, 0, 0, 1]) }));
    expect(said(chart)).toContain('Median and p95 of total: green 0 ms and 1 s.');
    expect(isDrawn(chart!)).toBe(true);
  });

  test('calls of 0 s alone have a picture', () => {
    const chart = latencyChart(alone({ total: new Float64Array(8) }));
    expect(said(chart)).toContain('green 0 ms and 0 ms');
    expect(isDrawn(chart!)).toBe(true);
  });

  test('an arm that tells one stage only has the numbers of that stage', () => {
    expect(said(latencyChart(alone({ retrieve: new Float64Array(8).fill(0.011) })))).toMatch(
      /^Median and p95 of retrieve: green 11 ms/u,
    );
  });

  test('without times there is no picture', () => {
    expect(latencyChart(alone({}))).toBeUndefined();
  });
});

describe('the limit in a distribution', () => {
  const limited = (rule: Partial<RuleVerdict>): readonly string[] => {
    const full: RuleVerdict = { rule: 'own', verdict: 'pass', value: 0.5, limit: 0.41, reason: 'r', ...rule };
    return distributionCharts({ ...model, verdicts: [{ ...failed, rules: [full] }] }).map(said);
  };
  const line = 'The dashed line is the limit of';

  test.each([
    ['semantic_distance.question_retrieved.mean', 0, 'the mean'],
    ['semantic_distance.question_retrieved.worst_phrasing', 0, 'the worst phrasing'],
    ['coverage.mean', 1, 'the mean'],
  ] as const)('%s is drawn by what the rule judges, whatever it is called', (statistic, place, of) => {
    const told = limited({ statistic });
    expect(told[place]).toContain(`${line} ${of}, 0.41.`);
    expect(told[1 - place]).not.toContain(line);
    expect(limited({ statistic, comparing: 'candidate' })[place]).toContain(line);
  });

  test.each([
    ['another statistic', { rule: 'coverage', statistic: 'coverage.p05' }],
    [
      'a difference',
      {
        rule: 'semantic_distance',
        statistic: 'semantic_distance.question_retrieved.mean',
        comparing: 'difference',
      },
    ],
    ['a ratio', { statistic: 'coverage.mean', comparing: 'ratio' }],
    ['no statistic', { rule: 'coverage' }],
    ['what every object has', { statistic: 'constructor' }],
    ['a value that no call can have', { statistic: 'coverage.mean', limit: 70 }],
  ] as const)('that of %s has no line', (_what, rule) => {
    expect(limited(rule).join(' ')).not.toContain(line);
  });
});

test('as many questions as there may be are drawn', () => {
  const measures = { distance: 0.1, coverage: 1 };
  const questions = Array.from({ length: 150_000 }, (_, place): ReportQuestion => {
    return { id: `Q_${place}`, place, tags: [], candidate: measures, baseline: measures, worsening: 0 };
  });
  expect(pairCharts({ ...model, questions })).toHaveLength(2);
});

test('a distance that no two texts have, as a damaged file may tell it, is left out of the picture', () => {
  const { candidate } = model;
  const distance = candidate.calls.distance.with(0, 1e300);
  const [chart] = distributionCharts({
    ...model,
    candidate: { ...candidate, calls: { ...candidate.calls, distance } },
  });
  expect(isDrawn(chart!)).toBe(true);
});
