/**
 * Position (from 1) of the nearest-rank percentile in a sorted sample: ⌈p·n⌉, at least 1. Exact for `p` in (0, 1] with up to six decimals
 * and samples up to 10⁹: products such as 0.07 · 100, which binary arithmetic puts above 7, are not pushed to the next rank.
 */
export function nearestRank(p: number, n: number): number {
  return Math.min(n, Math.max(1, Math.ceil(p * n - 1e-7)));
}

/** Nearest-rank percentile of a sample in ascending order; `undefined` for an empty one. */
export function percentileOfSorted(sorted: ArrayLike<number>, p: number): number | undefined {
  return sorted.length === 0 ? undefined : sorted[nearestRank(p, sorted.length) - 1];
}

/** Nearest-rank percentile of a sample in any order. */
export function percentile(values: ArrayLike<number>, p: number): number | undefined {
  return percentileOfSorted(ascending(values), p);
}

/** The nearest-rank percentile at 0.5: always a value of the sample. */
export function median(values: ArrayLike<number>): number | undefined {
  return percentile(values, 0.5);
}

/** The sum in the given order over the count; `undefined` for an empty sample. */
export function mean(values: ArrayLike<number>): number | undefined {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
  return values.length === 0 ? undefined : sum / values.length;
}

/** A sorted copy. */
export function ascending(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}
