import type { DistanceSummary, LatencySummary } from '../sample-summary.ts';
import { ascending, mean, percentileOfSorted } from '../percentile.ts';

/** Adds a number to a sample if it is one: a value that is missing, NaN or infinite is not measured. */
export function addFinite(sample: number[], value: number | undefined): void {
  if (value !== undefined && Number.isFinite(value)) sample.push(value);
}

/** `undefined` for an empty sample. The mean is summed in the sample's order. */
export function distanceSummary(sample: readonly number[]): DistanceSummary | undefined {
  const average = mean(sample);
  if (average === undefined) return undefined;
  const at = percentilesOf(sample);
  return { n: sample.length, mean: average, median: at(0.5), p95: at(0.95) };
}

/** `undefined` for an empty sample. */
export function latencySummary(sample: readonly number[]): LatencySummary | undefined {
  const average = mean(sample);
  if (average === undefined) return undefined;
  const at = percentilesOf(sample);
  return { n: sample.length, mean: average, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Percentiles of a sample that is not empty. */
export function percentilesOf(sample: readonly number[]): (p: number) => number {
  const sorted = ascending(sample);
  return (p) => {
    const value = percentileOfSorted(sorted, p);
    if (value === undefined) throw new RangeError('an empty sample has no percentiles');
    return value;
  };
}
