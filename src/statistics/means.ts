import { phrasingOfCell, type Shape } from './evidence/evidence.ts';
import { estimatorOfShares, type Estimator, type Weights } from './estimator.ts';

/** The mean over the calls that have a value. */
export function meanOfCells(
  column: Float64Array,
  shape: Shape,
  keep: (cell: number) => boolean = () => true,
): Estimator {
  const sums = new Float64Array(shape.questions.length);
  const counts = new Uint32Array(shape.questions.length);
  let [total, calls] = [0, 0];
  for (const [cell, value] of column.entries()) {
    if (Number.isNaN(value) || !keep(cell)) continue;
    const question = Math.floor(cell / shape.perQuestion);
    sums[question] = (sums[question] ?? 0) + value;
    counts[question] = (counts[question] ?? 0) + 1;
    total += value;
    calls += 1;
  }
  const even = counts.every((count) => count === counts[0]) ? counts[0] : undefined;
  const value = calls === 0 ? undefined : total / calls;
  // Where every question has the same sum, so has every resample.
  if (even !== undefined && isConstant(sums)) return { value, resampled: () => value ?? Number.NaN };
  if (even !== undefined) return estimatorOfShares(value, { sums, divisor: even * shape.questions.length });
  return { value, resampled: (weights) => weightedMean(sums, counts, weights) };
}

function isConstant(sums: Float64Array): boolean {
  return sums.every((sum) => sum === sums[0]);
}

function weightedMean(sums: Float64Array, counts: Uint32Array | Uint8Array, weights: Weights): number {
  let [total, calls] = [0, 0];
  for (let question = 0; question < weights.length; question += 1) {
    const weight = weights[question] ?? 0;
    total += weight * (sums[question] ?? 0);
    calls += weight * (counts[question] ?? 0);
  }
  return total / calls;
}

/** The sum over the calls that have a value; without any there is none, rather than 0. */
export function sumOfCells(column: Float64Array, shape: Shape): Estimator {
  const sums = new Float64Array(shape.questions.length);
  let [total, calls] = [0, 0];
  for (const [cell, value] of column.entries()) {
    if (Number.isNaN(value)) continue;
    const question = Math.floor(cell / shape.perQuestion);
    sums[question] = (sums[question] ?? 0) + value;
    total += value;
    calls += 1;
  }
  if (calls === 0) return { value: undefined, resampled: () => Number.NaN };
  return isConstant(sums)
    ? { value: total, resampled: () => total }
    : estimatorOfShares(total, { sums, divisor: 1 });
}

/** The mean over the questions that have a value. */
export function meanOfQuestions(column: Float64Array): Estimator {
  let [total, questions] = [0, 0];
  const present = new Uint8Array(column.length);
  const values = new Float64Array(column.length);
  for (const [question, value] of column.entries()) {
    if (Number.isNaN(value)) continue;
    present[question] = 1;
    values[question] = value;
    total += value;
    questions += 1;
  }
  const value = questions === 0 ? undefined : total / questions;
  if (questions === column.length && isConstant(values))
    return { value, resampled: () => value ?? Number.NaN };
  if (questions === column.length) return estimatorOfShares(value, { sums: values, divisor: questions });
  return { value, resampled: (weights) => weightedMean(values, present, weights) };
}

/** The largest over the paraphrases of the mean over a paraphrase's calls; the question itself is none. */
export function worstParaphrase(column: Float64Array, shape: Shape): Estimator {
  const paraphrases = Array.from({ length: shape.phrasings - 1 }, (_, index) =>
    meanOfCells(column, shape, (cell) => phrasingOfCell(shape, cell) === index + 1),
  );
  return extreme(paraphrases, Math.max);
}

/** The smallest of several means. */
export function smallestOf(parts: readonly Estimator[]): Estimator {
  return extreme(parts, Math.min);
}

function extreme(parts: readonly Estimator[], pick: (...values: number[]) => number): Estimator {
  const present = parts.filter(({ value }) => value !== undefined);
  const values = present.flatMap(({ value }) => value ?? []);
  return {
    value: values.length === 0 ? undefined : pick(...values),
    resampled: (weights) => {
      const found = present.map((part) => part.resampled(weights)).filter((value) => !Number.isNaN(value));
      return found.length === 0 ? Number.NaN : pick(...found);
    },
  };
}
