import { expect, test } from 'vitest';
import { statisticNamed } from '../../../src/statistics/catalogue.ts';
import { compareRuns } from '../../../src/statistics/comparison.ts';
import { stateCodes, type Evidence } from '../../../src/statistics/evidence/evidence.ts';
import { asMeasured } from '../../../src/statistics/evidence/fields.ts';
import { evidenceOf } from '../../support/evidence.ts';

const { convergent: c, split: s } = stateCodes;

function priced(arm: string, cost: readonly number[]): Evidence {
  const evidence = evidenceOf({ arm, questions: 2, phrasings: 1, seeds: [1, 2], states: [c, c, c, s] });
  return { ...evidence, cost: Float64Array.from(cost) };
}

test('a converged answer costs what all calls did, over the answers that converged, on every resample', () => {
  const estimator = statisticNamed('cost.per_converged_answer')?.estimate(
    priced('green', [1, 2, 3, Number.NaN]),
    asMeasured,
  );
  expect(estimator?.value).toBe(2);
  expect(estimator?.resampled(Uint16Array.of(2, 0))).toBe(1.5);
  expect(estimator?.resampled(Uint16Array.of(0, 2))).toBe(3);
});

test('without a converged answer, and without prices, there is no cost of one', () => {
  const none = { ...priced('green', [1, 1, 1, 1]), states: Int8Array.of(s, s, s, s) };
  expect(statisticNamed('cost.per_converged_answer')?.estimate(none, asMeasured).value).toBeUndefined();
  const unpriced = evidenceOf({ questions: 2 });
  for (const name of ['cost.total', 'cost.per_converged_answer']) {
    expect(statisticNamed(name)?.estimate(unpriced, asMeasured).value).toBeUndefined();
    expect(statisticNamed(name)?.standing(unpriced).n).toBe(0);
  }
});

test('a comparison shows costs where an arm has prices, their difference where both do', () => {
  const [green, blue] = [priced('green', [1, 2, 3, 4]), priced('blue', [1, 1, 1, 1])];
  const { statistics } = compareRuns({ candidate: green, baseline: blue }, { resamples: 20 });
  expect(statistics['cost.total']).toMatchObject({
    unit: 'currency',
    better: 'lower',
    candidate: 10,
    baseline: 4,
    difference: 6,
    n: 2,
  });
  const half = compareRuns({ candidate: green, baseline: { ...blue, cost: undefined } }, { resamples: 20 })
    .statistics['cost.total'];
  expect(half).toEqual({ unit: 'currency', better: 'lower', candidate: 10, n: 0 });
  expect(
    compareRuns({ candidate: blue, baseline: blue }, { resamples: 20 }).statistics[
      'cost.per_converged_answer'
    ]?.difference,
  ).toBe(0);
});
