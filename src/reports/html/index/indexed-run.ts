import type { VerdictName } from '../../../gates/verdict.ts';

/** What a gate once said of a run. */
export interface PastVerdict {
  readonly gate: string;
  readonly verdict: VerdictName;
  /** Whether it said pass and its own rules or times do not: it was edited. */
  readonly isContradictory: boolean;
  /** When it was judged, in milliseconds since 1970; NaN where it does not say. */
  readonly at: number;
  /** The run that it was compared with. */
  readonly baseline?: string | undefined;
}

/** A run as the index lists it. */
export interface IndexedRun {
  readonly id: string;
  readonly arm: string;
  readonly status: string;
  readonly calls: number;
  readonly finished?: string | undefined;
  readonly trend?: TrendPoint | undefined;
  /** The newest of every gate that judged it. */
  readonly judged: readonly PastVerdict[];
}

/** Numbers of a run whose course over time is shown. */
export interface TrendPoint {
  readonly distance?: number;
  readonly coverage?: number;
  readonly convergence?: number;
  readonly errors?: number;
  readonly latency?: number;
}
