import { createRandom } from '../plan/random.ts';
import type { Weights } from './estimator.ts';

export const defaultResamples = 2000;
export const defaultBootstrapSeed = 1;

export interface BootstrapOptions {
  readonly questions: number;
  readonly resamples?: number;
  readonly seed?: number;
}

/**
 * Draws as many questions as there are, with replacement, for every resample: the same for the same seed everywhere.
 * `each` gets a resample's weights, which are overwritten by the next one, and the drawn question numbers.
 */
export function drawResamples(
  options: BootstrapOptions,
  each: (weights: Weights, drawn: Uint32Array, resample: number) => void,
): void {
  const { questions, resamples = defaultResamples, seed = defaultBootstrapSeed } = options;
  const random = createRandom(seed);
  const weights = new Uint16Array(questions);
  const drawn = new Uint32Array(questions);
  for (let resample = 0; resample < resamples; resample += 1) {
    weights.fill(0);
    for (let draw = 0; draw < questions; draw += 1) {
      const question = Math.floor(random() * questions);
      drawn[draw] = question;
      weights[question] = (weights[question] ?? 0) + 1;
    }
    each(weights, drawn, resample);
  }
}

/** What each estimator gives on the same resamples, sorted; resamples in which nothing was measured are left out. */
export function bootstrap(
  estimators: readonly ((weights: Weights) => number)[],
  options: BootstrapOptions,
): readonly Float64Array[] {
  const { resamples = defaultResamples } = options;
  const results = estimators.map(() => new Float64Array(resamples));
  drawResamples(options, (weights, _, resample) => {
    for (const [index, estimator] of estimators.entries()) {
      const result = results[index];
      if (result !== undefined) result[resample] = estimator(weights);
    }
  });
  return results.map((result) => result.filter((value) => Number.isFinite(value)).sort());
}
