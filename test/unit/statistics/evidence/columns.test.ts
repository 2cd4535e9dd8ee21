import { expect, test } from 'vitest';
import { costColumn, emptyColumns } from '../../../../src/statistics/evidence/columns.ts';
import { evidenceOf } from '../../../support/evidence.ts';

const prices = { inputPerMillion: 2, outputPerMillion: 10 };
const columns = {
  ...emptyColumns(evidenceOf({ questions: 1, phrasings: 1, seeds: [1, 2, 3] }).shape),
  inputTokens: Float64Array.of(1000, Number.NaN, Number.NaN),
  outputTokens: Float64Array.of(100, 50, Number.NaN),
};

test('a call costs its tokens at their prices; one without usage has no cost', () => {
  const found = costColumn(columns, { cost: { total: 0.0035 } }, prices);
  expect(found?.[0]).toBeCloseTo(0.003, 12);
  expect(found?.[1]).toBeCloseTo(0.0005, 12);
  expect(found?.[2]).toBeNaN();
});

test('there is none without prices, in a run without a cost, and where prices have changed since', () => {
  expect(costColumn(columns, { cost: { total: 0.0035 } }, undefined)).toBeUndefined();
  expect(costColumn(columns, {}, prices)).toBeUndefined();
  expect(
    costColumn(columns, { cost: { total: 0.0035 } }, { ...prices, outputPerMillion: 9 }),
  ).toBeUndefined();
});
