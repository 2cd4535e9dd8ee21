/** How often each question was drawn in a resample. */
export type Weights = Uint16Array;

/** A statistic of a run that can be computed again on a resample of its questions. */
export interface Formula {
  /** The statistic itself, its sums in plan order; `undefined` where nothing was measured. */
  readonly value: number | undefined;
  /** The statistic on a resample; NaN where nothing in it was measured. */
  readonly resampled: (weights: Weights) => number;
}

/** Both formulas at once on the same resample. */
export function combined(candidate: Formula, baseline: Formula, combine: (candidate: number, baseline: number) => number): Formula {
  const of = (a: number | undefined, b: number | undefined): number | undefined => {
    const result = a === undefined || b === undefined ? Number.NaN : combine(a, b);
    return Number.isFinite(result) ? result : undefined;
  };
  return {
    value: of(candidate.value, baseline.value),
    resampled: (weights) => of(candidate.resampled(weights), baseline.resampled(weights)) ?? Number.NaN,
  };
}
