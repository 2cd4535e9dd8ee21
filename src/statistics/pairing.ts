import { combined, type Formula } from './formula.ts';
import type { Pair, PairReading } from './pair.ts';
import type { Statistic } from './statistic.ts';

/** One statistic on each arm. */
export type Sides = Readonly<Record<keyof Pair, Formula>>;

/** A statistic estimated on both arms. */
export function estimateBoth(
  statistic: Statistic,
  { candidate, baseline }: Pair,
  reading: PairReading,
): Sides {
  return {
    candidate: statistic.estimate(candidate, reading.candidate),
    baseline: statistic.estimate(baseline, reading.baseline),
  };
}

/** The difference or the ratio of a statistic of two runs over the same cells, candidate over baseline. */
export function pairedFormula(
  statistic: Statistic,
  pair: Pair,
  { comparing, reading }: { comparing: 'difference' | 'ratio'; reading: PairReading },
): Formula {
  if (comparing === 'difference') return differenceFormula(statistic, pair, { reading });
  const { candidate, baseline } = estimateBoth(statistic, pair, reading);
  return combined(candidate, baseline, (after, before) => after / before);
}

/** Candidate − baseline. `sides`: the statistic on each arm in the same reading, where it was estimated already. */
export function differenceFormula(
  statistic: Statistic,
  pair: Pair,
  from: { reading: PairReading; sides?: Sides },
): Formula {
  if (statistic.difference !== undefined) return statistic.difference(pair, from.reading);
  const { candidate, baseline } = from.sides ?? estimateBoth(statistic, pair, from.reading);
  return combined(candidate, baseline, (after, before) => after - before);
}
