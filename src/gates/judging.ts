import type { Estimator, Weights } from '../statistics/estimator.ts';
import type { StatisticCounts, Statistic } from '../statistics/statistic.ts';
import type { JudgeContext } from './context.ts';
import type { PolicyStatisticRule } from './policy.ts';
import type { RuleVerdict } from './verdict.ts';

/** All that the verdict of one rule on a statistic rests on. */
export interface Judging {
  readonly rule: PolicyStatisticRule;
  readonly statistic: Statistic;
  readonly context: JudgeContext;
  readonly standing: StatisticCounts;
  /** One for each of the statistic's readings. */
  readonly estimators: readonly Estimator[];
  /** What each estimator gave on the resamples, in ascending order. */
  readonly sorted: readonly Float64Array[];
  /** The baseline's own value, in the statistic's unit. */
  readonly baselineValue: number | undefined;
}

/** A rule that is ready to be judged once its estimators were computed on all resamples. */
export interface PreparedRule {
  /** The statistic as it is defined, and with what is missing read as the worst it can have been. */
  readonly estimators: readonly ((weights: Weights) => number)[];
  /** `sorted`: what each estimator gave on the resamples, in ascending order. */
  readonly judge: (sorted: readonly Float64Array[]) => RuleVerdict;
}

/** A rule whose verdict no resample changes. */
export function settled(
  rule: PolicyStatisticRule,
  verdict: RuleVerdict['verdict'],
  reason: string,
): PreparedRule {
  const { limit, direction, evidence } = rule;
  return {
    estimators: [],
    judge: () => ({
      rule: rule.name,
      verdict,
      limit,
      direction,
      evidence,
      reason: `${rule.name}: ${reason}`,
    }),
  };
}
