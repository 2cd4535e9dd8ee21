import { describe, expect, test } from 'vitest';
import { statisticNamed } from '../../../src/statistics/catalogue.ts';
import type { Statistic } from '../../../src/statistics/statistic.ts';
import { stateCodes } from '../../../src/statistics/evidence/evidence.ts';
import { asMeasured } from '../../../src/statistics/evidence/fields.ts';
import { readMissing } from '../../../src/statistics/pair.ts';
import { pairedEstimator } from '../../../src/statistics/pairing.ts';
import { evidenceOf, healthyPair } from '../../support/evidence.ts';

function named(name: string): Statistic {
  const found = statisticNamed(name);
  if (found === undefined) throw new Error(name);
  return found;
}

const timeouts = { candidate: 20, baseline: 10 };
const measured = { candidate: asMeasured, baseline: asMeasured };
const worst = readMissing('worst', timeouts);
const { convergent: c, split: s, backward: b } = stateCodes;
const small = { phrasings: 1, seeds: [1, 2] } as const;

describe('what is missing on either arm', () => {
  test('reads the baseline at its best where the candidate is read at its worst', () => {
    expect(worst).toEqual({
      candidate: { missing: 'worst', timeoutSeconds: 20 },
      baseline: { missing: 'best', timeoutSeconds: 10 },
    });
    expect(readMissing('absent', timeouts).baseline.missing).toBe('absent');
  });

  test("makes a ratio of latencies worse, on the candidate's side and on the baseline's", () => {
    const whole = evidenceOf({ ...small, questions: 2, latency: [1, 1, 1, 1] });
    const holed = evidenceOf({ ...small, questions: 2, latency: [1, 1, 1, null] });
    const ratio = (
      candidate: typeof whole,
      baseline: typeof whole,
      name = 'latency.total.mean',
    ): number | undefined =>
      pairedEstimator(named(name), { candidate, baseline }, { comparing: 'ratio', reading: worst }).value;
    expect(ratio(whole, whole)).toBe(1);
    expect(ratio(holed, whole)).toBe(23 / 4);
    expect(ratio(whole, holed)).toBeCloseTo(4 / 3, 12);
  });

  test('makes a difference of convergence worse, on either side', () => {
    const whole = evidenceOf({ ...small, questions: 2 });
    const holed = evidenceOf({ ...small, questions: 2, states: [c, c, c, b], faulted: [0, 0, 0, 1] });
    const difference = (candidate: typeof whole, baseline: typeof whole): number | undefined =>
      pairedEstimator(
        named('lambda.convergence.all'),
        { candidate, baseline },
        { comparing: 'difference', reading: worst },
      ).value;
    expect(difference(holed, whole)).toBe(-0.5);
    expect(difference(whole, holed)).toBe(0);
  });
});

test('a flip difference is over the questions that have a rate on both arms', () => {
  const candidate = evidenceOf({ ...small, questions: 3, states: [c, s, c, s, c, c], lambda: [1, 0, 1] });
  const baseline = evidenceOf({ ...small, questions: 3, states: [c, c, c, c, c, s], lambda: [1, 1, 0] });
  const estimator = pairedEstimator(
    named('lambda.flip.all'),
    { candidate, baseline },
    { comparing: 'difference', reading: measured },
  );
  expect(estimator.value).toBe(1);
  expect(estimator.resampled(Uint16Array.of(0, 2, 1))).toBeNaN();
});

test('a ratio against nothing, or of nothing, is none', () => {
  const pair = { candidate: evidenceOf({ ...small, latency: [] }), baseline: evidenceOf(small) };
  const ratio = (name: string, of: typeof pair): number | undefined =>
    pairedEstimator(named(name), of, { comparing: 'ratio', reading: measured }).value;
  expect(ratio('latency.total.p95', pair)).toBeUndefined();
  expect(ratio('latency.total.p95', { candidate: pair.baseline, baseline: pair.candidate })).toBeUndefined();
  expect(ratio('error_rate', { candidate: pair.baseline, baseline: pair.baseline })).toBeUndefined();
});

test('equal runs differ by nothing, on every resample', () => {
  const { candidate } = healthyPair({ questions: 10 });
  const weights = Uint16Array.of(3, 0, 1, 0, 2, 0, 1, 1, 0, 2);
  for (const name of [
    'coverage.mean',
    'latency.total.p95',
    'lambda.flip.all',
    'lambda.convergence.worst_seed',
  ]) {
    const estimator = pairedEstimator(
      named(name),
      { candidate, baseline: candidate },
      { comparing: 'difference', reading: measured },
    );
    expect([estimator.value, estimator.resampled(weights)]).toEqual([0, 0]);
  }
});
