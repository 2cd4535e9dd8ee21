import { bootstrap } from '../../statistics/bootstrap.ts';
import type { JudgeContext } from '../context.ts';
import { prepareStatistic } from '../judge-statistic.ts';
import type { Scatter } from './plan-sizes.ts';
import type { PolicyStatisticRule } from '../policy.ts';

/** How a rule's statistic scatters, from the newest runs; `undefined` where they say nothing of it. */
export function measuredScatter(rule: PolicyStatisticRule, context: JudgeContext): Scatter | undefined {
  const prepared = prepareStatistic(rule, context);
  const questions = context.candidate.shape.questions.length;
  const results = bootstrap(prepared.estimators, { questions });
  const { value } = prepared.judge(results);
  const [sorted] = results;
  if (value === undefined || sorted === undefined || sorted.length < 2) return undefined;
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  const variance = sorted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (sorted.length - 1);
  // Paired rules ask what two equal arms would show, whatever these two did.
  const healthy = { candidate: value, difference: 0, ratio: 1 }[rule.comparing];
  return { healthy, deviation: Math.sqrt(variance), questions, basis: 'newest runs' };
}
