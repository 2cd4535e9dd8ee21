interface InPlan {
  readonly phrasing: number;
  readonly seed: number;
}

/** A question's calls by phrasing, then seed, whatever order they came in: ties and sums depend on it. */
export function inPlanOrder<Item extends InPlan>(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => a.phrasing - b.phrasing || a.seed - b.seed);
}
