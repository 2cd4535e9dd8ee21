import { expect, test } from 'vitest';
import { bootstrap, defaultResamples, drawResamples } from '../../../src/statistics/bootstrap.ts';
import { repeated } from '../../support/evidence.ts';
import { weightsOf } from './fixtures.ts';

function draws(
  questions: number,
  more: { resamples?: number; seed?: number } = {},
): { drawn: number[]; weights: number[] }[] {
  const all: { drawn: number[]; weights: number[] }[] = [];
  drawResamples({ questions, ...more }, (weights, drawn) =>
    all.push({ drawn: [...drawn], weights: [...weights] }),
  );
  return all;
}

test('the weights count how often each question was drawn, as many draws as questions', () => {
  for (const { drawn, weights } of draws(17, { resamples: 50 })) {
    expect(weights).toEqual([...weightsOf(drawn, 17)]);
    expect(drawn).toHaveLength(17);
  }
});

test('the same seed draws the same, another seed draws otherwise', () => {
  expect(draws(10, { resamples: 20, seed: 7 })).toEqual(draws(10, { resamples: 20, seed: 7 }));
  expect(draws(10, { resamples: 20, seed: 8 })).not.toEqual(draws(10, { resamples: 20, seed: 7 }));
  expect(draws(10, { resamples: 3 })).toEqual(draws(10, { resamples: 3, seed: 1 }));
});

test('fewer resamples are the first of more, whatever is computed on them', () => {
  expect(draws(10, { resamples: 5 })).toEqual(draws(10, { resamples: 20 }).slice(0, 5));
});

test('every question is drawn about equally often', () => {
  const counts = repeated(40, 0);
  for (const { drawn } of draws(40))
    for (const question of drawn) counts[question] = (counts[question] ?? 0) + 1;
  const standardDeviation = Math.sqrt(defaultResamples * (1 - 1 / 40));
  for (const count of counts) expect(Math.abs(count - defaultResamples)).toBeLessThan(5 * standardDeviation);
});

test('the results are sorted, and resamples without a value are left out', () => {
  const [first, none, odd] = bootstrap(
    [
      (weights) => weights[0] ?? 0,
      () => Number.NaN,
      (weights) => (weights[0] === 0 ? Number.POSITIVE_INFINITY : 1),
    ],
    { questions: 4, resamples: 200 },
  );
  expect([...(first ?? [])]).toEqual([...(first ?? [])].sort((a, b) => a - b));
  expect(first).toHaveLength(200);
  expect(none).toHaveLength(0);
  expect(odd?.length).toBe(first?.filter((weight) => weight > 0).length);
});

test('all estimators see the same resamples', () => {
  const seen: string[][] = [[], []];
  bootstrap(
    seen.map((list) => (weights: Uint16Array) => list.push(weights.join())),
    { questions: 5, resamples: 30 },
  );
  expect(seen[0]).toEqual(seen[1]);
});

test('no questions give no values', () => {
  expect(bootstrap([() => Number.NaN], { questions: 0 })[0]).toHaveLength(0);
});
