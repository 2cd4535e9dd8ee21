import { nearestRank } from '../scoring/percentile.ts';
import type { Shape } from './evidence/evidence.ts';
import { weightedCount, type Estimator, type Weights } from './estimator.ts';

/** Standard deviations of the rank within which a resample's quantile is looked for first. */
const reach = 5;

/**
 * A quantile by nearest rank: the value at position ⌈p·n⌉ of the sorted sample. On a resample every value counts as often as its question was
 * drawn. The search begins a few standard deviations below the rank: what lies before is counted per question.
 */
export function quantileOfCells(column: Float64Array, p: number, shape: Shape): Estimator {
  const sorted = sortedOf(column, shape);
  const { values, callsOf } = sorted;
  const n = values.length;
  if (n === 0) return { value: undefined, resampled: () => Number.NaN };
  if (values[0] === values[n - 1]) {
    const constant = values[0] ?? Number.NaN;
    return { value: constant, resampled: (weights) => (callsOf(weights) > 0 ? constant : Number.NaN) };
  }
  const width =
    Math.ceil((reach * Math.sqrt(p * (1 - p)) * n) / Math.sqrt(shape.questions.length)) + shape.perQuestion;
  const start = Math.max(0, Math.floor(p * n) - width);
  const passedBefore = passedCounter(sorted, start);
  return {
    value: values[nearestRank(p, n) - 1],
    resampled(weights) {
      const calls = callsOf(weights);
      if (calls === 0) return Number.NaN;
      const rank = nearestRank(p, calls);
      const passed = passedBefore(weights, calls);
      return passed < rank
        ? valueAt(sorted, { from: start, passed, rank, weights })
        : valueAt(sorted, { from: 0, passed: 0, rank, weights });
    },
  };
}

/** Counts what lies before a place on a resample of so many calls: directly, or as what does not lie behind it, where that is less. */
function passedCounter(
  { questions, total }: Sorted,
  start: number,
): (weights: Weights, calls: number) => number {
  const below = countsBefore(questions, start, total.length);
  if (start <= questions.length / 2) return counterOf(below);
  const above = counterOf(total.map((count, question) => count - (below[question] ?? 0)));
  return (weights, calls) => calls - above(weights);
}

/** Adds up counts on a resample; those of few questions without a look at the others. */
function counterOf(counts: Uint32Array): (weights: Weights) => number {
  const places = Uint32Array.from(counts.keys()).filter((question) => (counts[question] ?? 0) > 0);
  if (places.length > counts.length / 2) return (weights) => weightedCount(counts, weights);
  return (weights) => {
    let sum = 0;
    for (let index = 0; index < places.length; index += 1) {
      const question = places[index] ?? 0;
      sum += (weights[question] ?? 0) * (counts[question] ?? 0);
    }
    return sum;
  };
}

/** A column's values in ascending order, and whose question each is. */
interface Sorted {
  readonly values: Float64Array;
  readonly questions: Uint32Array;
  /** Values per question. */
  readonly total: Uint32Array;
  /** Calls with a value on a resample, which draws as many questions as there are. */
  readonly callsOf: (weights: Weights) => number;
}

/** Several quantiles of a column need the same order. */
const known = new WeakMap<Float64Array, Sorted>();

function sortedOf(column: Float64Array, shape: Shape): Sorted {
  const found = known.get(column);
  if (found !== undefined) return found;
  const values = column.filter((value) => !Number.isNaN(value)).sort();
  const questions = questionsInOrder(column, values, shape);
  const total = countsBefore(questions, values.length, shape.questions.length);
  const missing = counterOf(total.map((count) => shape.perQuestion - count));
  const sorted = {
    values,
    questions,
    total,
    callsOf: (weights: Weights): number => shape.cells - missing(weights),
  };
  known.set(column, sorted);
  return sorted;
}

/** Sorting numbers alone and then finding each one's place takes a fraction of the time of sorting cells by their numbers. */
function questionsInOrder(column: Float64Array, values: Float64Array, { perQuestion }: Shape): Uint32Array {
  const questions = new Uint32Array(values.length);
  const taken = new Uint32Array(values.length);
  for (let cell = 0; cell < column.length; cell += 1) {
    const value = column[cell] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const first = firstPlace(values, value);
    const before = taken[first] ?? 0;
    questions[first + before] = Math.floor(cell / perQuestion);
    taken[first] = before + 1;
  }
  return questions;
}

/** The first place of a value that is there. */
function firstPlace(values: Float64Array, value: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countsBefore(questions: Uint32Array, end: number, length: number): Uint32Array {
  const counts = new Uint32Array(length);
  for (let index = 0; index < end; index += 1) {
    const question = questions[index] ?? 0;
    counts[question] = (counts[question] ?? 0) + 1;
  }
  return counts;
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
