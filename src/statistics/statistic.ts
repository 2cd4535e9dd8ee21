import type { Counts } from './counts.ts';
import type { Absence } from './evidence/absence.ts';
import type { Evidence } from './evidence/evidence.ts';
import type { Better, FieldReading, Unit } from './evidence/fields.ts';
import type { Estimator } from './estimator.ts';
import type { Pair, PairReading } from './pair.ts';

/** A statistic of a run: one number of its summary. */
export interface Statistic {
  /** Its place in the summary, with dots. */
  readonly name: string;
  readonly unit: Unit;
  readonly better: Better;
  /** A share of calls or questions, or a mean of such: between 0 and 1. */
  readonly proportion: boolean;
  /** What is counted, where its resolution is the binomial's: how many calls, or the share of all calls or questions. */
  readonly counts?: 'calls' | 'share_of_calls' | 'share_of_questions';
  /** How a rule reads what is missing: first as what it judges, then, where there are two, as a second look that can only make it worse. */
  readonly readings: readonly ['worst'] | readonly ['absent', 'worst'];
  /** Tells how answers hold over seeds: seeds that change nothing prove nothing. */
  readonly overSeeds: boolean;
  readonly estimate: (evidence: Evidence, reading: FieldReading) => Estimator;
  /** Why a run has no such measurement at all, where that is not because of faults. */
  readonly absence?: Absence;
  /** Why some calls have none, where that is not because of faults: then they prove nothing against an arm. */
  readonly gaps?: Absence;
  /** Candidate − baseline, where that is not just the one value minus the other. */
  readonly difference?: (pair: Pair, reading: PairReading) => Estimator;
  /** What the statistic rests on as measured, and how many of its cells have no value. */
  readonly standing: (evidence: Evidence) => StatisticCounts;
}

export interface StatisticCounts extends Counts {
  /** Cells that should have a value and have none, over the cells that should. */
  readonly missing: number;
}
