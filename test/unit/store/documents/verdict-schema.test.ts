import { expect, test } from 'vitest';
import { verdictSchema } from '../../../../src/store/documents/verdict.ts';
import { failed } from '../../../support/verdicts.ts';

const [rule] = failed.rules;

test('a verdict as it was judged is one', () => {
  expect(verdictSchema.safeParse(JSON.parse(JSON.stringify(failed))).success).toBe(true);
});

test.each([
  { interval: null },
  { interval: [0.5] },
  { interval: ['0.5', 0.6] },
  { value: null },
  { n: '36' },
  { resolution: null },
  { baseline_value: 'none' },
  { statistic: 5 },
  { unit: 5 },
  { direction: 'sideways' },
  { comparing: 'constructor' },
])('a verdict with %j in a rule is none', (damage) => {
  expect(verdictSchema.safeParse({ ...failed, rules: [{ ...rule, ...damage }] }).success).toBe(false);
});
