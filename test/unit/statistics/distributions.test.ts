import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binomialAtMost, binomialQuantile, probabilityFor } from '../../../src/statistics/binomial.ts';
import { intervalOf, isFlat, percentileInterval, wilsonInterval } from '../../../src/statistics/interval.ts';
import { binomialResolution, bootstrapResolution, chanceOfPass } from '../../../src/statistics/resolution.ts';
import { expectClose } from '../scoring/reference/fixtures.ts';
import { reference } from './fixtures.ts';

test.each(reference.binomial.map((row) => [`n = ${row.n}, p = ${row.p}`, row] as const))(
  'the binomial distribution, %s',
  (_, row) => {
    for (const [k, chance] of row.cdf) expectClose(binomialAtMost(k, row.n, row.p), chance, `P(X ≤ ${k})`);
    for (const [share, k] of row.quantiles)
      expect(binomialQuantile(share, row.n, row.p), `quantile ${share}`).toBe(k);
  },
);

test('the probability at which a count has a chance', () => {
  for (const { k, n, share, p } of reference.probability)
    expectClose(probabilityFor(k, n, share), p, `${k} of ${n} at ${share}`);
});

test('the quantile is the smallest count whose chance is large enough', () => {
  const trials = fc.record({
    n: fc.integer({ min: 1, max: 60 }),
    p: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(trials, fc.double({ min: 0.001, max: 0.999, noNaN: true }), ({ n, p }, share) => {
      const found = binomialQuantile(share, n, p);
      expect(found === n || binomialAtMost(found, n, p) >= share).toBe(true);
      expect(binomialAtMost(found - 1, n, p)).toBeLessThan(share);
    }),
    { numRuns: 2000, seed: 1 },
  );
});

test("Wilson's interval", () => {
  for (const { proportion, n, interval } of reference.wilson)
    expectClose(wilsonInterval(proportion, n), interval, `${proportion} of ${n}`);
});

describe('the interval of a statistic', () => {
  const flat = new Float64Array(100).fill(1);
  const spread = Float64Array.from({ length: 2000 }, (_, index) => index + 1);

  test('is the bootstrap at the ranks 0.025 and 0.975', () => {
    expect(percentileInterval(spread)).toEqual([50, 1950]);
    expect(intervalOf(spread, { value: 3, proportion: true, n: 5 })).toEqual([50, 1950]);
  });

  test("is Wilson's for a proportion without scatter, by its questions", () => {
    expect(intervalOf(flat, { value: 1, proportion: true, n: 40 })).toEqual(wilsonInterval(1, 40));
    expect(intervalOf(new Float64Array(), { value: 1, proportion: true, n: 40 })).toEqual(
      wilsonInterval(1, 40),
    );
  });

  test('sees no scatter in the last bits of equal means', () => {
    const nearly = Float64Array.of(0.3375, 0.3375000000000001);
    expect(isFlat(nearly)).toBe(true);
    expect(isFlat(Float64Array.of(0.3375, 0.3376))).toBe(false);
    expect(intervalOf(nearly, { value: 0.3375, proportion: true, n: 40 })).toEqual(
      wilsonInterval(0.3375, 40),
    );
  });

  test('has no width for anything else without scatter, and is not there without resamples or questions', () => {
    expect(intervalOf(flat, { value: 1, proportion: false, n: 40 })).toEqual([1, 1]);
    expect(intervalOf(new Float64Array(), { value: 1, proportion: false, n: 40 })).toBeUndefined();
    expect(intervalOf(new Float64Array(), { value: 1, proportion: true, n: 0 })).toBeUndefined();
  });
});

describe('the resolution', () => {
  test('of a proportion of trials, against every count of bad ones', () => {
    for (const { resolution, fail_resolution: failing, ...trials } of reference.resolution) {
      const found = binomialResolution(trials);
      expect(Math.abs(found.resolution - resolution), JSON.stringify(trials)).toBeLessThan(1e-9);
      expect(Math.abs(found.fail_resolution - failing), JSON.stringify(trials)).toBeLessThan(1e-9);
    }
  });

  test('is where a rule passes in one run of five', () => {
    const trials = { n: 320, limit: 0.005, direction: 'at_most', evidence: 'point' } as const;
    const { resolution } = binomialResolution(trials);
    expect(chanceOfPass(trials.limit + resolution, trials)).toBeCloseTo(0.2, 9);
  });

  test('of anything else is the scatter of the resamples', () => {
    const sorted = Float64Array.from({ length: 100 }, (_, index) => (index + 1) / 100);
    const rest = { value: 0.5, limit: 0.9, evidence: 'balanced', interval: [0.03, 0.98], sorted } as const;
    const upper = bootstrapResolution({ ...rest, direction: 'at_most' });
    expectClose(upper, { resolution: 0.3, fail_resolution: 0.77 });
    expectClose(bootstrapResolution({ ...rest, direction: 'at_least' }), {
      resolution: 0.3,
      fail_resolution: 0.78,
    });
    expectClose(bootstrapResolution({ ...rest, direction: 'at_most', evidence: 'point' }), {
      resolution: 0.3,
      fail_resolution: 0.3,
    });
    expectClose(bootstrapResolution({ ...rest, direction: 'at_most', evidence: 'strict' }), {
      resolution: 0,
      fail_resolution: 0.77,
    });
  });
});
