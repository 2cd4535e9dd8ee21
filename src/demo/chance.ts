import { sha256 } from '../base/canonical.ts';

/** A number in [0, 1) that depends on the words alone: the same request has the same luck in every run. */
export function chance(...words: readonly (string | number)[]): number {
  return Number.parseInt(sha256(words.join('\u0000')).slice(0, 12), 16) / 2 ** 48;
}

/** A log-normal draw with this median; sigma is the standard deviation of its logarithm. Box–Muller on two draws. */
export function logNormal(
  draw: { readonly median: number; readonly sigma: number },
  ...words: readonly (string | number)[]
): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance('radius', ...words)));
  return draw.median * Math.exp(draw.sigma * radius * Math.cos(2 * Math.PI * chance('angle', ...words)));
}
