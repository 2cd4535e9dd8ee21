import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/gates/judge.ts';
import type { RuleVerdict } from '../../../src/gates/verdict.ts';
import { compareRuns } from '../../../src/statistics/comparison.ts';
import type { Evidence } from '../../../src/statistics/evidence/evidence.ts';
import { repeated } from '../../support/evidence.ts';
import { acceptance, contextOf } from './judging.ts';

const name = 'retrieval.recall_at_5';
const policy = acceptance({
  rules: {
    recall_kept: { statistic: name, comparing: 'difference', limit: -0.05 },
    recall: { statistic: name, limit: 0.5 },
    recall_above_nothing: { statistic: name, limit: 0 },
  },
});

function withRecall(evidence: Evidence, recall: number, sectionsNeverMatch: boolean): Evidence {
  const column = Float64Array.from(repeated(evidence.shape.cells, recall));
  const retrieval = { recall_at_5: column, mrr: column, ndcg_at_10: column, precision_at_5: column };
  return { ...evidence, retrieval, sectionsNeverMatch };
}

type Side = readonly [recall: number, sectionsNeverMatch: boolean];

function runsOf(candidate: Side, baseline: Side): { candidate: Evidence; baseline: Evidence } {
  const context = contextOf();
  const { baseline: blue = context.candidate } = context;
  return { candidate: withRecall(context.candidate, ...candidate), baseline: withRecall(blue, ...baseline) };
}

function judged(candidate: Side, baseline: Side): Readonly<Record<string, RuleVerdict>> {
  const { rules } = judge(policy, contextOf({}, runsOf(candidate, baseline)));
  return Object.fromEntries(rules.map((rule) => [rule.rule, rule]));
}

const unmatched: Side = [0, true];

describe('ranking metrics of runs whose sections are none of the gold set', () => {
  test('are measured on neither arm: no difference of two zeros passes', () => {
    const rules = judged(unmatched, unmatched);
    for (const rule of ['recall_kept', 'recall', 'recall_above_nothing']) {
      expect(rules[rule]).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(
          /^recall\w* was not measured: .*green.*sections_never_match/u,
        ) as string,
      });
      expect(rules[rule]).not.toHaveProperty('value');
    }
    expect(compareRuns(runsOf(unmatched, unmatched), { resamples: 10 }).statistics).not.toHaveProperty(name);
  });

  test('are a real 0 on the candidate where the baseline has some that match', () => {
    const rules = judged(unmatched, [0.75, false]);
    expect(rules['recall_kept']).toMatchObject({ verdict: 'fail', value: -0.75 });
    expect(rules['recall']).toMatchObject({ verdict: 'fail', value: 0 });
    const { statistics } = compareRuns(runsOf(unmatched, [0.75, false]), { resamples: 10 });
    expect(statistics[name]).toMatchObject({ candidate: 0, baseline: 0.75, difference: -0.75 });
  });

  test('are no 0 to be better than where only the baseline has none that match', () => {
    const rules = judged([0.75, false], unmatched);
    expect(rules['recall_kept']).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^recall_kept was not measured: .*blue/u) as string,
    });
    expect(rules['recall']).toMatchObject({ verdict: 'pass', value: 0.75 });
  });
});

test('a comparison shows no 0 for what one arm does not report', () => {
  const { candidate, baseline = candidate } = contextOf({ baseline: { inputTokens: repeated(320, 10) } });
  const { statistics } = compareRuns({ candidate, baseline }, { resamples: 10 });
  expect(statistics['usage.input_tokens']).toMatchObject({ baseline: 3200 });
  expect(statistics['usage.input_tokens']).not.toHaveProperty('candidate');
  expect(statistics['usage.input_tokens']).not.toHaveProperty('difference');
});
