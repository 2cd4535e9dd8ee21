import { percentileOfSorted } from '../scoring/percentile.ts';

/** Lower and upper end, 95 %. */
export type Interval = readonly [lower: number, upper: number];

/** 0.975 quantile of the standard normal distribution. */
const z = 1.959963984540054;

/** A width that sums in another order can make. */
const noise = 1e-9;

/** Whether values in ascending order are one value, but for the last bits. */
export function isFlat(sorted: ArrayLike<number>): boolean {
  return sorted.length === 0 || (sorted[sorted.length - 1] ?? 0) - (sorted[0] ?? 0) <= noise;
}

/** The percentile interval of a bootstrap: nearest rank at 0.025 and 0.975. `undefined` without resamples. */
export function percentileInterval(sorted: Float64Array): Interval | undefined {
  const lower = percentileOfSorted(sorted, 0.025);
  const upper = percentileOfSorted(sorted, 0.975);
  return lower === undefined || upper === undefined ? undefined : [lower, upper];
}

/** Wilson's score interval of a proportion over `n` trials (Wilson 1927, J. Am. Stat. Assoc. 22). `n` above 0. */
export function wilsonInterval(proportion: number, n: number): Interval {
  const denominator = 1 + (z * z) / n;
  const centre = (proportion + (z * z) / (2 * n)) / denominator;
  const half = (z / denominator) * Math.sqrt((proportion * (1 - proportion)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** The interval of a statistic; a proportion whose bootstrap has no width gets Wilson's over its questions. */
export function intervalOf(
  sorted: Float64Array,
  statistic: { value: number; proportion: boolean; n: number },
): Interval | undefined {
  const found = percentileInterval(sorted);
  const flat = found === undefined || isFlat(found);
  return flat && statistic.proportion && statistic.n > 0
    ? wilsonInterval(statistic.value, statistic.n)
    : found;
}
