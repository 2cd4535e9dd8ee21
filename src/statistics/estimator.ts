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

/** An estimator that adds up its questions' shares. */
export function estimatorOfShares(value: number | undefined, shares: Shares): Estimator {
  const { sums, divisor } = shares;
  return { value, shares, resampled: (weights) => weightedSum(sums, weights) / divisor };
}

/** A resample's sum, in four parts: what takes the time of one is that each addition waits for the one before. */
export function weightedSum(sums: Float64Array, weights: Weights): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const { length } = weights;
  const whole = length - (length % 4);
  for (let at = 0; at < whole; at += 4) {
    first += (weights[at] ?? 0) * (sums[at] ?? 0);
    second += (weights[at + 1] ?? 0) * (sums[at + 1] ?? 0);
    third += (weights[at + 2] ?? 0) * (sums[at + 2] ?? 0);
    fourth += (weights[at + 3] ?? 0) * (sums[at + 3] ?? 0);
  }
  for (let at = whole; at < length; at += 1) first += (weights[at] ?? 0) * (sums[at] ?? 0);
  return first + second + (third + fourth);
}

/** The same of whole numbers below 2³¹ in all: their additions need not wait for each other as a float's do. */
export function weightedCount(counts: Uint32Array, weights: Weights): number {
  let total = 0;
  for (let question = 0; question < weights.length; question += 1)
    total = (total + Math.imul(weights[question] ?? 0, counts[question] ?? 0)) | 0;
  return total;
}

/** Candidate − baseline on the same resample: one sum where both are sums, as a difference of sums is the sum of differences. */
export function differenceOf(candidate: Estimator, baseline: Estimator): Estimator {
  const difference = combineEstimators(candidate, baseline, (after, before) => after - before);
  const [after, before] = [candidate.shares, baseline.shares];
  if (after === undefined || before === undefined) return difference;
  const sums = after.sums.map(
    (sum, question) => sum / after.divisor - (before.sums[question] ?? 0) / before.divisor,
  );
  return estimatorOfShares(difference.value, { sums, divisor: 1 });
}

/** Two estimators combined on the same resample. */
export function combineEstimators(
  candidate: Estimator,
  baseline: Estimator,
  combine: (candidate: number, baseline: number) => number,
): Estimator {
  const of = (a: number | undefined, b: number | undefined): number | undefined => {
    const result = a === undefined || b === undefined ? Number.NaN : combine(a, b);
    return Number.isFinite(result) ? result : undefined;
  };
  return {
    value: of(candidate.value, baseline.value),
    resampled: (weights) => of(candidate.resampled(weights), baseline.resampled(weights)) ?? Number.NaN,
  };
}
