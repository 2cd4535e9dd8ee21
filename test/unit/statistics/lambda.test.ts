import { describe, expect, test } from 'vitest';
import { statisticNamed } from '../../../src/statistics/catalogue.ts';
import { stateCodes, type Evidence } from '../../../src/statistics/evidence/evidence.ts';
import {
  convergenceColumn,
  convergenceEstimator,
  flipColumn,
  flipEstimator,
} from '../../../src/statistics/lambda.ts';
import { evidenceOf, type EvidenceOptions } from '../../support/evidence.ts';

const { convergent: c, split: s, backward: b } = stateCodes;

/** One question of two phrasings of two seeds. */
function question(states: readonly number[], more: EvidenceOptions = {}): Evidence {
  return evidenceOf({ questions: 1, phrasings: 2, seeds: [1, 2], states, ...more });
}

const flips = (evidence: Evidence, missing: 'absent' | 'worst' | 'best'): readonly number[] =>
  (['all', 'phrasing', 'seed'] as const).map((kind) => flipColumn(evidence, kind, missing)[0] ?? Number.NaN);

describe('flip rates', () => {
  test('count pairs in different states: all, with the same seed, with the same phrasing', () => {
    expect(flips(question([c, c, c, s]), 'absent')).toEqual([0.5, 0.5, 0.5]);
    expect(flips(question([c, s, c, s]), 'absent')).toEqual([4 / 6, 0, 1]);
    expect(flips(question([c, c, s, s]), 'absent')).toEqual([4 / 6, 1, 0]);
  });

  test('a fault is backward by definition, differs from all at the worst and from none at the best', () => {
    const faulted = question([c, c, c, b], { faulted: [0, 0, 0, 1] });
    expect(flips(faulted, 'absent')).toEqual([0.5, 0.5, 0.5]);
    expect(flips(faulted, 'worst')).toEqual([0.5, 0.5, 0.5]);
    expect(flips(faulted, 'best')).toEqual([0, 0, 0]);
    const all = question([b, b, b, b], { faulted: [1, 1, 1, 1] });
    expect([flips(all, 'absent')[0], flips(all, 'worst')[0], flips(all, 'best')[0]]).toEqual([0, 1, 0]);
  });

  test('an errored question is left out by definition, and bounded otherwise', () => {
    const errored = question([b, b, -1, b], { lambda: [0] });
    expect(flips(errored, 'absent')).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(flips(errored, 'worst')).toEqual([0.5, 0.5, 0.5]);
    expect(flips(errored, 'best')).toEqual([0, 0, 0]);
  });

  test('a question that is skipped has none, whatever the reading', () => {
    const skipped = question([-1, -1, -1, -1], { lambda: [2] });
    for (const missing of ['absent', 'worst', 'best'] as const)
      expect(flips(skipped, missing)).toEqual([NaN, NaN, NaN]);
  });

  test('a question with one call has no pair', () => {
    const single = evidenceOf({ questions: 2, phrasings: 1, seeds: [1] });
    expect(flipEstimator(single, 'all', 'worst').value).toBeUndefined();
    expect(statisticNamed('lambda.flip.all')?.standing(single)).toMatchObject({
      n: 0,
      n_calls: 0,
      skipped: 0,
      errored: 2,
    });
  });
});

describe('convergence', () => {
  const columns = (evidence: Evidence, missing: 'absent' | 'worst' | 'best'): readonly number[] =>
    [undefined, 0, 1].map((seed) => convergenceColumn(evidence, seed, missing)[0] ?? Number.NaN);

  test('needs every call, or every call of a seed', () => {
    expect(columns(question([c, c, c, c]), 'absent')).toEqual([1, 1, 1]);
    expect(columns(question([c, c, c, s]), 'absent')).toEqual([0, 1, 0]);
    expect(columns(question([b, c, c, c]), 'absent')).toEqual([0, 0, 1]);
  });

  test('a fault did not converge, and can have converged at the best', () => {
    const faulted = question([c, c, c, b], { faulted: [0, 0, 0, 1] });
    expect(columns(faulted, 'absent')).toEqual([0, 1, 0]);
    expect(columns(faulted, 'worst')).toEqual([0, 1, 0]);
    expect(columns(faulted, 'best')).toEqual([1, 1, 1]);
    expect(columns(question([s, c, c, b], { faulted: [0, 0, 0, 1] }), 'best')).toEqual([0, 0, 1]);
  });

  test('an errored question is left out by definition, and bounded otherwise', () => {
    const errored = question([b, b, -1, b], { lambda: [0] });
    expect(columns(errored, 'absent')).toEqual([NaN, NaN, NaN]);
    expect(columns(errored, 'worst')).toEqual([0, 0, 0]);
    expect(columns(errored, 'best')).toEqual([1, 1, 1]);
    expect(columns(question([-1, -1, -1, -1], { lambda: [2] }), 'best')).toEqual([NaN, NaN, NaN]);
  });

  test('the rate of the worst seed is looked for in every resample', () => {
    const two = evidenceOf({ questions: 2, phrasings: 1, seeds: [1, 2], states: [c, s, s, c] });
    const { value, resampled } = convergenceEstimator(two, 'worst_seed', 'absent');
    expect(value).toBe(0.5);
    expect(resampled(Uint16Array.of(2, 0))).toBe(0);
    expect(resampled(Uint16Array.of(0, 2))).toBe(0);
    expect(statisticNamed('lambda.convergence.worst_seed')?.standing(two).n).toBe(2);
  });
});
