/** How often each question was drawn in a resample. */
export type Weights = Uint16Array;

/** A statistic of a run that can be computed again on a resample of its questions. */
export interface Estimator {
  /** The statistic itself, its sums in plan order; `undefined` where nothing was measured. */
  readonly value: number | undefined;
  /** The statistic on a resample; NaN where nothing in it was measured. */
  readonly resampled: (weights: Weights) => number;
  /** What `resampled` adds up and divides, where that is all it does. */
  readonly shares?: Shares;
}

/** A sum over the drawn questions, divided. */
export interface Shares {
  /** One entry a question. */
  readonly sums: Float64Array;
  readonly divisor: number;
}

/** A formula that adds up its questions' shares. */
export function formulaOfShares(value: number | undefined, shares: Shares): Estimator {
  const { sums, divisor } = shares;
  return { value, shares, resampled: (weights) => weightedSum(sums, weights) / divisor };
}

export function weightedSum(sums: Float64Array, weights: Weights): number {
  let total = 0;
  for (let question = 0; question < weights.length; question += 1)
    total += (weights[question] ?? 0) * (sums[question] ?? 0);
  return total;
}

/** The same of whole numbers below 2³¹ in all: their additions need not wait for each other as a float's do. */
export function weightedCount(counts: Uint32Array, weights: Weights): number {
  let total = 0;
  for (let question = 0; question < weights.length; question += 1)
    total = (total + Math.imul(weights[question] ?? 0, counts[question] ?? 0)) | 0;
  return total;
}

/** Both formulas at once on the same resample. */
export function combineEstimators(
  candidate: Estimator,
  baseline: Estimator,
  combine: (candidate: number, baseline: number) => number,
): Estimator {
  const of = (a: number | undefined, b: number | undefined): number | undefined => {
    const result = a === undefined || b === undefined ? Number.NaN : combine(a, b);
    return Number.isFinite(result) ? result : undefined;
  };
  const value = of(candidate.value, baseline.value);
  if (candidate.shares !== undefined && baseline.shares !== undefined) {
    const both = bothSums(candidate.shares, baseline.shares);
    return { value, resampled: (weights) => of(...both(weights)) ?? Number.NaN };
  }
  return {
    value,
    resampled: (weights) => of(candidate.resampled(weights), baseline.resampled(weights)) ?? Number.NaN,
  };
}

/** Two sums in one walk take little longer than one: what takes the time is that each addition waits for the one before. */
function bothSums(
  candidate: Shares,
  baseline: Shares,
): (weights: Weights) => [candidate: number, baseline: number] {
  return (weights) => {
    let [after, before] = [0, 0];
    for (let question = 0; question < weights.length; question += 1) {
      const weight = weights[question] ?? 0;
      after += weight * (candidate.sums[question] ?? 0);
      before += weight * (baseline.sums[question] ?? 0);
    }
    return [after / candidate.divisor, before / baseline.divisor];
  };
}
