import type { BothViews } from './record.ts';
import { addNormalised, lengthOf } from './windows.ts';

/**
 * ΔS(a, b) = 1 − cosine similarity, 0 to 2, in float64 whatever the vectors hold. `undefined` where a vector has no direction (all zero, or
 * not finite) or the two differ in dimensions.
 */
export function cosineDistance(
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
): number | undefined {
  if (a.length !== b.length) return undefined;
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let index = 0; index < a.length; index += 1) {
    const x = a[index] ?? 0;
    const y = b[index] ?? 0;
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const distance = 1 - product / (Math.sqrt(squaresA) * Math.sqrt(squaresB));
  return Number.isFinite(distance) ? Math.min(2, Math.max(0, distance)) : undefined;
}

/**
 * Distance of a list of snippets, in rank order, to a target: the nearest of several. `best`: the smallest over the snippets. `pooled`: of the
 * L2-normalised sum of the snippet vectors weighted 1/log2(rank + 1). A snippet without a direction is passed over but keeps its rank.
 * `undefined` without snippets, without targets, or where either view has no value.
 */
export function snippetsDistance(
  snippets: readonly Float32Array[],
  targets: readonly Float32Array[],
): BothViews | undefined {
  const sum = pooledVector(snippets);
  if (sum === undefined) return undefined;
  let best: number | undefined;
  // A loop without lists in between: an arm may retrieve thousands.
  for (const snippet of snippets) best = smaller(best, nearestDistance(snippet, targets));
  const pooled = nearestDistance(sum, targets);
  return best === undefined || pooled === undefined ? undefined : { best, pooled };
}

/** Smallest distance to any of the targets; `undefined` without any. */
export function nearestDistance(
  vector: Float32Array | Float64Array,
  targets: readonly Float32Array[],
): number | undefined {
  let least: number | undefined;
  for (const target of targets) least = smaller(least, cosineDistance(vector, target));
  return least;
}

function pooledVector(snippets: readonly Float32Array[]): Float64Array | undefined {
  const first = snippets[0];
  if (first === undefined) return undefined;
  const sum = new Float64Array(first.length);
  snippets.forEach((snippet, index) => addNormalised(sum, snippet, 1 / Math.log2(index + 2)));
  return lengthOf(sum) > 0 ? sum : undefined;
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}
