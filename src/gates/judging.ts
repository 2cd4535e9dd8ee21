import type { Estimator } from '../statistics/estimator.ts';
import type { StatisticCounts, Statistic } from '../statistics/statistic.ts';
import type { JudgeContext } from './context.ts';
import type { PolicyStatisticRule } from './policy.ts';

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
