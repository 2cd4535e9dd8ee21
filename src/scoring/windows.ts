/**
 * The windows in which a text is embedded, as half-open intervals of its tokens (the two special ones not counted).
 * A text of up to `size` tokens is one window; a longer one has whole windows every `step` tokens, the last of them at the text's end.
 */
export function windowsOf(tokenCount: number, size = 254, step = 127): (readonly [number, number])[] {
  const windows: (readonly [number, number])[] = [];
  for (let start = 0; start + size < tokenCount; start += step) windows.push([start, start + size]);
  windows.push([Math.max(0, tokenCount - size), tokenCount]);
  return windows;
}

/**
 * The vector of a text from those of its windows: the mean of the normalised window vectors, normalised again, in float64.
 * Window vectors without a direction (all zero, not finite) count for nothing; with none left the result is all zero.
 */
export function combineWindows(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) addNormalised(sum, vector, 1);
  const length = lengthOf(sum);
  return Float32Array.from(sum, (value) => (length > 0 ? value / length : 0));
}

/** Adds `weight` times the vector's direction to `sum`; nothing where the vector has none. */
export function addNormalised(sum: Float64Array, vector: Float32Array, weight: number): void {
  const length = lengthOf(vector);
  if (!(length > 0) || !Number.isFinite(length)) return;
  for (let index = 0; index < sum.length; index += 1)
    sum[index] = (sum[index] ?? 0) + (weight * (vector[index] ?? 0)) / length;
}

/** Euclidean length in float64. */
export function lengthOf(vector: Float32Array | Float64Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}
