import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/gates/judge.ts';
import type { GateSettings } from '../../../src/gates/schema.ts';
import type { RuleVerdict } from '../../../src/gates/verdict.ts';
import { repeated, type PairOptions } from '../../support/evidence.ts';
import { acceptance, contextOf } from './judging.ts';

const cells = 320;
const oracle = {
  n: 160,
  mean: 0.3,
  median: 0.3,
  p95: 0.41,
  by_phrasing: [0.3, 0.2, 0.3, 0.35],
  worst_phrasing: 0.35,
};

function judged(rule: string, pair: PairOptions, rules: GateSettings['rules'] = {}): RuleVerdict | undefined {
  const context = contextOf(pair);
  const { record } = context.candidate;
  const summary = { ...record.summary, semantic_distance: { question_anchor: oracle } };
  const candidate = { ...context.candidate, record: { ...record, summary } };
  return judge(acceptance({ rules }), { ...context, candidate }).rules.find((one) => one.rule === rule);
}

describe('the oracle', () => {
  test('is told by the same statistic, whatever the verdict', () => {
    expect(judged('semantic_distance', {})).toMatchObject({
      verdict: 'pass',
      oracle: 0.35,
      reason: expect.stringMatching(/; the right anchors are at 0\.35$/u) as string,
    });
    const rules = { far: { statistic: 'semantic_distance.question_retrieved.p95', limit: 0.9 } };
    expect(judged('far', {}, rules)?.oracle).toBe(0.41);
  });

  test('beyond the limit says that the limit does not fit', () => {
    const rules = { semantic_distance: { limit: 0.33 } };
    expect(
      judged('semantic_distance', { candidate: { questionRetrieved: repeated(cells, 0.4) } }, rules),
    ).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(
        /; the limit does not fit this gold set: the right anchors themselves are at 0\.35 \(flipgate gold calibrate\)$/u,
      ) as string,
    });
  });

  test('is none of a difference, and of what is not held against the question', () => {
    const rules = {
      drift: { statistic: 'semantic_distance.question_retrieved.p95', comparing: 'difference', limit: 0.5 },
      anchored: { statistic: 'semantic_distance.retrieved_anchor.mean', limit: 0.5 },
    } as const;
    for (const name of ['drift', 'anchored', 'coverage'])
      expect(judged(name, {}, rules)).not.toHaveProperty('oracle');
  });
});

describe('a baseline that breaks the rule more than the candidate', () => {
  test('is named in the reason', () => {
    const pair = {
      candidate: { coverage: repeated(cells, 0.5) },
      baseline: { coverage: repeated(cells, 0.32) },
    };
    expect(judged('coverage', pair)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(
        /^coverage 0\.5 is below 0\.7 .*; blue breaks it more: 0\.32$/u,
      ) as string,
    });
  });

  test('is not named where it breaks it less, nor where the candidate keeps it', () => {
    const less = {
      candidate: { coverage: repeated(cells, 0.5) },
      baseline: { coverage: repeated(cells, 0.6) },
    };
    expect(judged('coverage', less)?.reason).not.toContain('breaks it more');
    expect(judged('coverage', { baseline: { coverage: repeated(cells, 0.5) } })?.reason).not.toContain(
      'more',
    );
  });
});
