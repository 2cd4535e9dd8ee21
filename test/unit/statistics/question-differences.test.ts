import { expect, test } from 'vitest';
import { questionDifferences } from '../../../src/statistics/question-differences.ts';
import { evidenceOf, type Cells } from '../../support/evidence.ts';

const one = { questions: 1, phrasings: 2, seeds: [1, 2] };
const differences = (baseline: Cells, candidate: Cells): ReturnType<typeof questionDifferences>[number] =>
  questionDifferences({
    baseline: evidenceOf({ ...one, arm: 'blue', questionRetrieved: baseline }),
    candidate: evidenceOf({ ...one, arm: 'green', questionRetrieved: candidate }),
  })[0]!;

test('a call that is missing on one arm makes neither better', () => {
  const { question_retrieved: sides, worsening } = differences([0.1, 0.2, 0.3, 0.8], [0.1, 0.2, 0.3, null]);
  expect(sides.baseline).toBeCloseTo(0.2, 12);
  expect(sides).toMatchObject({ candidate: sides.baseline, difference: 0 });
  expect(worsening).toBe(0);
});

test('without a cell that both have, each has its own mean, and there is no difference', () => {
  const { question_retrieved: sides } = differences([0.1, 0.3, null, null], [null, null, 0.5, 0.7]);
  expect(sides).toEqual({ baseline: 0.2, candidate: 0.6 });
});

test('what neither arm has is absent', () => {
  expect(differences([], []).question_retrieved).toEqual({});
});
