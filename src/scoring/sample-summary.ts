export interface DistanceSummary {
  readonly n: number;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
}

/** Of each phrasing too, the question itself first; the worst is over its paraphrases. */
export interface PhrasedDistanceSummary extends DistanceSummary {
  readonly by_phrasing: readonly (number | null)[];
  readonly worst_phrasing?: number;
}

export interface LatencySummary {
  readonly n: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}
