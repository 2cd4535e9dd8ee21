import type { Evidence } from '../../../src/statistics/evidence/evidence.ts';
import { evidenceOf, type Cells } from '../../support/evidence.ts';
import { referenceFile } from '../scoring/reference/fixtures.ts';

/** A statistic on the sample and on every given resample; `null` where nothing was measured. */
export interface Evaluated {
  readonly value: number | null;
  readonly resampled: readonly (number | null)[];
  readonly interval: readonly [number, number] | null;
}

type Missing = 'absent' | 'worst';
type ByName<T> = Readonly<Record<string, T>>;

interface ReferenceArm {
  readonly answerable: Cells;
  readonly lambda: Cells;
  readonly questionRetrieved: Cells;
  readonly coverage: Cells;
  readonly latency: Cells;
  readonly states: Cells;
  readonly faulted: Cells;
  readonly toolLoop: Cells;
}

interface WrittenCase {
  readonly name: string;
  readonly shape: {
    readonly questions: number;
    readonly phrasings: number;
    readonly seeds: readonly number[];
  };
  readonly timeouts: { readonly candidate: number; readonly baseline: number };
  /** Question numbers, one list a resample. */
  readonly draws: readonly (readonly number[])[];
  readonly candidate: ReferenceArm;
  readonly baseline: ReferenceArm;
  readonly expected: {
    readonly candidate: Readonly<Record<Missing, ByName<Evaluated>>>;
    readonly baseline: Readonly<Record<Missing | 'best', ByName<number | null>>>;
    /** By `<statistic> <comparing>`; `worst`: with the baseline's missing at its best. */
    readonly paired: Readonly<Record<Missing, ByName<Evaluated>>>;
  };
}

interface Written {
  readonly cases: readonly WrittenCase[];
  readonly wilson: readonly {
    readonly proportion: number;
    readonly n: number;
    readonly interval: readonly [number, number];
  }[];
  readonly binomial: readonly {
    readonly n: number;
    readonly p: number;
    readonly cdf: readonly (readonly [k: number, chance: number])[];
    readonly quantiles: readonly (readonly [share: number, k: number])[];
  }[];
  readonly probability: readonly {
    readonly k: number;
    readonly n: number;
    readonly share: number;
    readonly p: number;
  }[];
  readonly resolution: readonly {
    readonly n: number;
    readonly limit: number;
    readonly direction: 'at_most' | 'at_least';
    readonly evidence: 'point' | 'balanced' | 'strict';
    readonly resolution: number;
    readonly fail_resolution: number;
  }[];
}

/** The values of `test/reference/statistics_values.py`. */
export const reference = referenceFile('statistics.json') as Written;

export interface StatisticsCase extends Omit<WrittenCase, 'candidate' | 'baseline'> {
  readonly candidate: Evidence;
  readonly baseline: Evidence;
  readonly weights: readonly Uint16Array[];
}

export const statisticsCases: readonly StatisticsCase[] = reference.cases.map((written) => ({
  ...written,
  candidate: evidenceOf({ ...written.shape, ...written.candidate, arm: 'green' }),
  baseline: evidenceOf({ ...written.shape, ...written.baseline, arm: 'blue' }),
  weights: written.draws.map((drawn) => weightsOf(drawn, written.shape.questions)),
}));

/** How often each question was drawn. */
export function weightsOf(drawn: ArrayLike<number>, questions: number): Uint16Array {
  const weights = new Uint16Array(questions);
  for (const question of Array.from(drawn)) weights[question] = (weights[question] ?? 0) + 1;
  return weights;
}

/** NaN and `undefined` are `null` in the reference. */
export function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
