import { expect, test } from 'vitest';
import { createNoise, healthy } from '../../../bench/gate-models.ts';
import { simulated } from '../../../bench/simulated-runs.ts';
import { judge } from '../../../src/gates/judge.ts';
import { policyOf } from '../../../src/gates/policy.ts';

test('every rule of the acceptance gate can be judged on the runs that the statistics are measured with', () => {
  const policy = policyOf('acceptance', { rules: { rollback_drill: { waived: 'no drill is simulated' } } });
  const { rules } = judge(policy, simulated(healthy, createNoise(1)));
  expect(rules.filter(({ verdict }) => verdict === 'error')).toEqual([]);
});
