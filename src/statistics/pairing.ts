import { combineEstimators, differenceOf, type Estimator } from './estimator.ts';
import type { Pair, PairReading } from './pair.ts';
import type { Statistic } from './statistic.ts';

/** One statistic on each arm. */
export type EstimatorPair = Readonly<Record<keyof Pair, Estimator>>;

/** A statistic estimated on both arms. */
export function estimateBoth(
  statistic: Statistic,
  { candidate, baseline }: Pair,
  reading: PairReading,
): EstimatorPair {
  return {
    candidate: statistic.estimate(candidate, reading.candidate),
    baseline: statistic.estimate(baseline, reading.baseline),
  };
}

/** The difference or the ratio of a statistic of two runs over the same cells, candidate over baseline. */
export function pairedEstimator(
  statistic: Statistic,
  pair: Pair,
  { comparing, reading }: { comparing: 'difference' | 'ratio'; reading: PairReading },
): Estimator {
  if (comparing === 'difference') return differenceEstimator(statistic, pair, { reading });
  const { candidate, baseline } = estimateBoth(statistic, pair, reading);
  return combineEstimators(candidate, baseline, (after, before) => after / before);
}

/** Candidate − baseline. `sides`: the statistic on each arm in the same reading, where it was estimated already. */
export function differenceEstimator(
  statistic: Statistic,
  pair: Pair,
  from: { reading: PairReading; sides?: EstimatorPair },
): Estimator {
  if (statistic.difference !== undefined) return statistic.difference(pair, from.reading);
  const { candidate, baseline } = from.sides ?? estimateBoth(statistic, pair, from.reading);
  return differenceOf(candidate, baseline);
}
