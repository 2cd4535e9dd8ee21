import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../../src/plan/random.ts';
import { quantileOfCells } from '../../../src/statistics/quantile.ts';
import { evidenceOf, repeated } from '../../support/evidence.ts';
import { weightsOf } from './fixtures.ts';

/** Every value as often as its question was drawn, sorted, and the value at position ⌈p·n⌉. `p` in hundredths, so that the position is exact. */
function walked(
  column: Float64Array,
  hundredths: number,
  at: { drawn: ArrayLike<number>; perQuestion: number },
): number {
  const values: number[] = [];
  for (const question of Array.from(at.drawn))
    for (const value of column.subarray(question * at.perQuestion, (question + 1) * at.perQuestion))
      if (!Number.isNaN(value)) values.push(value);
  values.sort((a, b) => a - b);
  return values.length === 0
    ? Number.NaN
    : (values[Math.max(1, Math.ceil((hundredths * values.length) / 100)) - 1] ?? Number.NaN);
}

function noisyColumn(cells: number, random: Random): Float64Array {
  return Float64Array.from({ length: cells }, () =>
    random() < 0.03 ? Number.NaN : Math.round(random() ** 3 * 1e4) / 1e4,
  );
}

test.each([
  [95, 400, 8],
  [50, 900, 4],
  [5, 2000, 8],
  [99, 3000, 2],
] as const)(
  'the quantile %i %% of large samples is that of a full walk: %i questions of %i calls',
  (hundredths, questions, perQuestion) => {
    const random = createRandom(hundredths);
    const { shape } = evidenceOf({ questions, phrasings: perQuestion / 2, seeds: [1, 2] });
    const column = noisyColumn(shape.cells, random);
    const estimator = quantileOfCells(column, hundredths / 100, shape);
    const everyone = Array.from({ length: questions }, (_, question) => question);
    expect(estimator.value).toBe(walked(column, hundredths, { drawn: everyone, perQuestion }));
    for (let resample = 0; resample < 40; resample += 1) {
      const drawn = everyone.map(() => Math.floor(random() * questions));
      expect(estimator.resampled(weightsOf(drawn, questions))).toBe(
        walked(column, hundredths, { drawn, perQuestion }),
      );
    }
  },
);

test('a resample far away from the sample is walked from the start', () => {
  const questions = 500;
  const { shape } = evidenceOf({ questions, phrasings: 4, seeds: [1, 2] });
  const column = Float64Array.from({ length: shape.cells }, (_, cell) => Math.floor(cell / 8) / questions);
  const estimator = quantileOfCells(column, 0.95, shape);
  for (const one of [0, 1, 250, 474, 475, 499]) {
    const drawn = repeated(questions, one);
    expect(estimator.resampled(weightsOf(drawn, questions))).toBe(one / questions);
  }
});

test('any sample and any draw, ties and missing values too', () => {
  const cell = fc.oneof(fc.constantFrom(0, 0.25, 0.5, 1), fc.constant(Number.NaN));
  const sample = fc
    .integer({ min: 1, max: 12 })
    .chain((questions) =>
      fc.tuple(
        fc.array(cell, { minLength: 4 * questions, maxLength: 4 * questions }),
        fc.array(fc.nat({ max: questions - 1 }), { minLength: questions, maxLength: questions }),
        fc.integer({ min: 1, max: 99 }),
      ),
    );
  fc.assert(
    fc.property(sample, ([cells, drawn, hundredths]) => {
      const { shape } = evidenceOf({ questions: drawn.length, phrasings: 2, seeds: [1, 2] });
      const column = Float64Array.from(cells);
      const found = quantileOfCells(column, hundredths / 100, shape).resampled(
        weightsOf(drawn, drawn.length),
      );
      expect(found).toBe(walked(column, hundredths, { drawn, perQuestion: 4 }));
    }),
    { numRuns: 10_000, seed: 2 },
  );
});

test('nothing measured has no quantile', () => {
  const { shape } = evidenceOf({ questions: 3 });
  const estimator = quantileOfCells(new Float64Array(shape.cells).fill(Number.NaN), 0.5, shape);
  expect(estimator.value).toBeUndefined();
  expect(estimator.resampled(Uint16Array.of(1, 1, 1))).toBeNaN();
});
