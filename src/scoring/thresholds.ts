/** A value as it meets a threshold: rounded to 1e-6, so that the last bits of a float decide nothing. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

export function atLeast(value: number, threshold: number): boolean {
  return rounded(value) >= threshold;
}

export function atMost(value: number, threshold: number): boolean {
  return rounded(value) <= threshold;
}
