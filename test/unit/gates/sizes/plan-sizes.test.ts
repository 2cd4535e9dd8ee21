import { expect, test } from 'vitest';
import { assumedScatter } from '../../../../src/gates/sizes/assumed-scatter.ts';
import { planRules, type RulePlan, type Sizes } from '../../../../src/gates/sizes/plan-sizes.ts';
import { policyOf } from '../../../../src/gates/policy.ts';

const usual: Sizes = { questions: 40, paraphrases: 3, seeds: 2 };

function planned(name: string, sizes: Sizes, limit?: number): RulePlan {
  const policy = policyOf('acceptance', limit === undefined ? {} : { rules: { [name]: { limit } } });
  return planRules(policy, sizes, assumedScatter).find(({ rule }) => rule === name)!;
}

test('an error rate of 0.5 % over 40 calls means none, and cannot be decided', () => {
  const plan = planned('error_rate', { questions: 40, paraphrases: 0, seeds: 1 });
  expect(plan.note).toBe('with 40 calls the limit means "none"');
  expect(plan.resolution).toBeGreaterThan(0.03);
  expect(plan.questions_needed).toBeGreaterThan(40);
  expect(planned('error_rate', usual).note).toBe('with 320 calls the limit means at most 1');
});

test('a flip increase of 0.05 is decidable with 40 questions, of 0.02 not: from about 300 on it is', () => {
  expect(planned('lambda_flip_increase', usual)).toMatchObject({ decidable: true });
  const tight = planned('lambda_flip_increase', usual, 0.02);
  expect(tight.decidable).toBe(false);
  expect(tight.healthy_not_passed).toBeCloseTo(0.2525, 3);
  expect(tight.questions_needed).toBeGreaterThan(200);
  expect(tight.questions_needed).toBeLessThan(300);
  expect(planned('lambda_flip_increase', { ...usual, questions: 300 }, 0.02).decidable).toBe(true);
});

test('the resolution falls with the root of the questions', () => {
  const [few, many] = [planned('coverage', usual), planned('coverage', { ...usual, questions: 160 })];
  expect(few.resolution / many.resolution).toBeCloseTo(2, 9);
  expect(few.fail_resolution! / few.resolution).toBeCloseTo(3.329, 2);
});

test('fewer questions than a rule wants are never decidable, nor is a limit that a healthy arm is beyond', () => {
  expect(planned('coverage', { ...usual, questions: 19 })).toMatchObject({
    decidable: false,
    healthy_not_passed: 1,
  });
  const beyond = planned('coverage', usual, 0.9);
  expect(beyond.decidable).toBe(false);
  expect(beyond).not.toHaveProperty('questions_needed');
});
