/** P(X ≤ k) for X binomial with n trials of probability p; summed in logarithms, exact to about 1e-12. */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  const odds = Math.log(p) - Math.log1p(-p);
  let logTerm = n * Math.log1p(-p);
  let sum = Math.exp(logTerm);
  for (let successes = 1; successes <= k; successes += 1) {
    logTerm += Math.log((n - successes + 1) / successes) + odds;
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/** The probability at which X ≤ k has the chance `share`: P(X ≤ k) falls as p grows. */
export function probabilityFor(k: number, n: number, share: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (binomialAtMost(k, n, middle) > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The smallest number of successes x with P(X ≤ x) ≥ `share`. */
export function binomialQuantile(share: number, n: number, p: number): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialAtMost(middle, n, p) >= share) high = middle;
    else low = middle + 1;
  }
  return low;
}
