import type { VerdictName } from '../src/gates/verdict.ts';
import type { LatencyModel } from './gate-models.ts';

type Counts = Readonly<Record<VerdictName, number>>;

/** How often each rule and the gate came to each verdict on two arms that are equally well. */
export interface FalseAlarms {
  readonly model: LatencyModel;
  readonly seed: number;
  readonly runs: number;
  readonly counts: Readonly<Record<string, Counts>>;
}

/** What a rule made of a truth beyond its limit. */
export interface Misses {
  readonly rule: string;
  readonly model: LatencyModel;
  readonly seed: number;
  readonly runs: number;
  readonly limit: number;
  /** Mean stated in runs of healthy arms. */
  readonly healthyResolution: number;
  readonly resolution: number;
  readonly failResolution: number;
  /** Share of runs not passed at the limit and the resolution beyond it. */
  readonly notPassed: number;
  readonly passedAtThree: number;
  readonly failed: number;
  /** The binomial's own shares, where the rule counts calls. */
  readonly expected?: { readonly notPassed: number; readonly passedAtThree: number };
}
