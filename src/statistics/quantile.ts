import { nearestRank } from '../core/percentile.ts';
import type { Shape } from './evidence.ts';
import type { Formula, Weights } from './formula.ts';

/** Standard deviations of the rank within which a resample's quantile is looked for first. */
const reach = 5;

/**
 * A quantile by nearest rank: the value at position ⌈p·n⌉ of the sorted sample. On a resample every value counts as often as its question was
 * drawn. The search begins a few standard deviations below the rank: what lies before is counted per question.
 */
export function quantileOfCells(column: Float64Array, p: number, shape: Shape): Formula {
  const sorted = sortedOf(column, shape);
  const { values, total } = sorted;
  const n = values.length;
  if (n === 0) return { value: undefined, resampled: () => Number.NaN };
  if (values[0] === values[n - 1]) return constantWhere(total, values[0]);
  const width = Math.ceil((reach * Math.sqrt(p * (1 - p)) * n) / Math.sqrt(shape.questions.length)) + shape.perQuestion;
  const start = Math.max(0, Math.floor(p * n) - width);
  const below = countsBefore(sorted.questions, start, shape.questions.length);
  const everywhere = total.every((count) => count === shape.perQuestion) ? n : undefined;
  return {
    value: values[nearestRank(p, n) - 1],
    resampled(weights) {
      const calls = everywhere ?? weightedSum(total, weights);
      if (calls === 0) return Number.NaN;
      const rank = nearestRank(p, calls);
      const passed = start === 0 ? 0 : weightedSum(below, weights);
      return passed < rank
        ? valueAt(sorted, { from: start, passed, rank, weights })
        : valueAt(sorted, { from: 0, passed: 0, rank, weights });
    },
  };
}

/** One value everywhere is its own quantile wherever a question with a value was drawn. */
function constantWhere(counts: Uint32Array, value: number | undefined): Formula {
  const always = counts.every((count) => count > 0);
  return { value, resampled: (weights) => (always || weightedSum(counts, weights) > 0 ? (value ?? Number.NaN) : Number.NaN) };
}

/** A column's values in ascending order, and whose question each is. */
interface Sorted {
  readonly values: Float64Array;
  readonly questions: Uint32Array;
  /** Values per question. */
  readonly total: Uint32Array;
}

/** Several quantiles of a column need the same order. */
const known = new WeakMap<Float64Array, Sorted>();

function sortedOf(column: Float64Array, shape: Shape): Sorted {
  const found = known.get(column);
  if (found !== undefined) return found;
  const cells = sortedCells(column);
  const values = Float64Array.from(cells, (cell) => column[cell] ?? Number.NaN);
  const questions = Uint32Array.from(cells, (cell) => Math.floor(cell / shape.perQuestion));
  const sorted = { values, questions, total: countsBefore(questions, cells.length, shape.questions.length) };
  known.set(column, sorted);
  return sorted;
}

function sortedCells(column: Float64Array): Uint32Array {
  const present: number[] = [];
  for (const [cell, value] of column.entries()) if (!Number.isNaN(value)) present.push(cell);
  return Uint32Array.from(present).sort((a, b) => (column[a] ?? 0) - (column[b] ?? 0));
}

function countsBefore(questions: Uint32Array, end: number, length: number): Uint32Array {
  const counts = new Uint32Array(length);
  for (let index = 0; index < end; index += 1) {
    const question = questions[index] ?? 0;
    counts[question] = (counts[question] ?? 0) + 1;
  }
  return counts;
}

function weightedSum(counts: Uint32Array, weights: Weights): number {
  let sum = 0;
  for (let question = 0; question < weights.length; question += 1) sum += (weights[question] ?? 0) * (counts[question] ?? 0);
  return sum;
}

interface Walk {
  readonly from: number;
  /** Weight of everything before `from`. */
  readonly passed: number;
  readonly rank: number;
  readonly weights: Weights;
}

function valueAt({ values, questions }: Sorted, { from, passed, rank, weights }: Walk): number {
  let seen = passed;
  for (let index = from; index < values.length; index += 1) {
    seen += weights[questions[index] ?? 0] ?? 0;
    if (seen >= rank) return values[index] ?? Number.NaN;
  }
  return Number.NaN;
}
