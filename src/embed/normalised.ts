import { UserError, exitCodes } from '../base/errors.ts';

/** The vector in length 1, as float32. Throws where it has no direction: such a number must never become a distance. */
export function normalised(vector: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let index = 0; index < vector.length; index += 1) squares += (vector[index] ?? NaN) ** 2;
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0) {
    throw new UserError('the embedding model returned a vector without a direction (zero or not finite)', {
      exitCode: exitCodes.error,
    });
  }
  return Float32Array.from(vector, (value) => value / length);
}
