import { clocks, type LatencyClock } from '../scoring/answer.ts';
import type { Finding, RunRecord } from '../scoring/record.ts';
import { bootstrap, defaultBootstrapSeed, defaultResamples } from './bootstrap.ts';
import { statistics } from './catalogue.ts';
import type { Evidence, Shape } from './evidence/evidence.ts';
import { asMeasured, type Better, type Unit } from './evidence/fields.ts';
import { intervalOf, type Interval } from './interval.ts';
import type { Estimator } from './estimator.ts';
import { withMatchingSections } from './matching-sections.ts';
import type { Pair } from './pair.ts';
import { differenceEstimator, estimateBoth, type EstimatorPair } from './pairing.ts';
import { quantileOfCells } from './quantile.ts';
import { questionDifferences, type QuestionDifference } from './question-differences.ts';
import type { Statistic } from './statistic.ts';

/** One statistic of both runs. */
export interface ComparedStatistic {
  readonly unit: Unit;
  readonly better: Better;
  readonly baseline?: number;
  readonly candidate?: number;
  /** Candidate − baseline, over the same cells. */
  readonly difference?: number;
  /** 95 %, of the difference. */
  readonly interval?: Interval;
  /** Questions measured on both arms. */
  readonly n: number;
}

/** Something per cell, candidate against baseline, where both have it. */
export interface PairedCells {
  readonly median: number;
  readonly p95: number;
  /** 95 %, of the median. */
  readonly interval?: Interval;
  /** Cells measured on both arms. */
  readonly n_calls: number;
}

/** `comparison.json`: two runs over the same cells. */
export interface Comparison {
  readonly schema: 'flipgate.comparison/1';
  readonly baseline: Header;
  readonly candidate: Header;
  readonly bootstrap: { readonly resamples: number; readonly seed: number; readonly questions: number };
  /** What makes the comparison less than it seems. */
  readonly warnings: readonly Finding[];
  readonly statistics: Readonly<Record<string, ComparedStatistic>>;
  /** Candidate / baseline of each cell's latency. */
  readonly latency_ratio: Partial<Record<LatencyClock, PairedCells>>;
  /** Candidate − baseline of each cell's ΔS(question, retrieved). */
  readonly drift?: PairedCells;
  /** Worst for the candidate first. */
  readonly questions: readonly QuestionDifference[];
}

/** A record without its summary. */
export type Header = Omit<RunRecord, 'summary'>;

export type ComparisonOptions = { readonly resamples?: number; readonly seed?: number };

/** Compares two runs of the same cells; `comparable` says beforehand whether they are. */
export function compareRuns(runs: Pair, options: ComparisonOptions = {}): Comparison {
  const pair = withMatchingSections(runs);
  const { resamples = defaultResamples, seed = defaultBootstrapSeed } = options;
  const sizes = { resamples, seed, questions: pair.candidate.shape.questions.length };
  const estimates = statistics.flatMap((statistic) => estimatedOn(statistic, pair) ?? []);
  const ratios = clocks.flatMap(
    (clock) => pairedColumn(clock, ratioColumn(pair, clock), pair.candidate.shape) ?? [],
  );
  const drift = pairedColumn('drift', differenceColumn(pair), pair.candidate.shape);
  const columns = [...ratios, ...(drift === undefined ? [] : [drift])];
  const results = bootstrap(
    [...estimates.map(({ difference }) => difference), ...columns.map(({ median }) => median)].map(
      ({ resampled }) => resampled,
    ),
    sizes,
  );
  const after = results.slice(estimates.length);
  return {
    schema: 'flipgate.comparison/1',
    baseline: headerOf(pair.baseline),
    candidate: headerOf(pair.candidate),
    bootstrap: sizes,
    warnings: warningsOf(pair),
    statistics: Object.fromEntries(
      estimates.map((estimated, index) => [estimated.statistic.name, compared(estimated, results[index])]),
    ),
    latency_ratio: Object.fromEntries(
      ratios.map((column, index) => [column.name, pairedCells(column, after[index])]),
    ),
    ...(drift !== undefined && { drift: pairedCells(drift, after[ratios.length]) }),
    questions: questionDifferences(pair),
  };
}

/** A statistic on both arms and between them, each estimated once. */
interface Estimated {
  readonly statistic: Statistic;
  readonly sides: EstimatorPair;
  readonly difference: Estimator;
  /** Questions measured on both arms. */
  readonly n: number;
}

/** `undefined` where neither arm measured anything. */
function estimatedOn(statistic: Statistic, pair: Pair): Estimated | undefined {
  const [after, before] = [statistic.standing(pair.candidate).n, statistic.standing(pair.baseline).n];
  if (after === 0 && before === 0) return undefined;
  const reading = { candidate: asMeasured, baseline: asMeasured };
  const sides = estimateBoth(statistic, pair, reading);
  return {
    statistic,
    sides,
    difference: differenceEstimator(statistic, pair, { reading, sides }),
    n: Math.min(after, before),
  };
}

function headerOf({ record }: Evidence): Header {
  const { summary: _summary, ...header } = record;
  return header;
}

function compared(
  { statistic, sides, difference, n }: Estimated,
  sorted: Float64Array = new Float64Array(),
): ComparedStatistic {
  const { unit, better } = statistic;
  const [before, after, between] = [sides.baseline.value, sides.candidate.value, difference.value];
  const interval =
    between === undefined ? undefined : intervalOf(sorted, { value: between, proportion: false, n });
  return {
    unit,
    better,
    ...(before !== undefined && { baseline: before }),
    ...(after !== undefined && { candidate: after }),
    ...(between !== undefined && { difference: between }),
    ...(interval !== undefined && { interval }),
    n,
  };
}

function ratioColumn({ candidate, baseline }: Pair, clock: LatencyClock): Float64Array {
  const before = baseline.latency[clock];
  return candidate.latency[clock].map((seconds, cell) => finite(seconds / (before[cell] ?? Number.NaN)));
}

function differenceColumn({ candidate, baseline }: Pair): Float64Array {
  return candidate.questionRetrieved.map((distance, cell) =>
    finite(distance - (baseline.questionRetrieved[cell] ?? Number.NaN)),
  );
}

/** A cell with a latency of 0 has no ratio. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** A column over the cells of both arms, with its median to be resampled. */
interface PairedColumn<Name extends string> {
  readonly name: Name;
  readonly median: Estimator & { readonly value: number };
  readonly p95: number;
  readonly n_calls: number;
}

/** `undefined` where no cell has a value. */
function pairedColumn<Name extends string>(
  name: Name,
  column: Float64Array,
  shape: Shape,
): PairedColumn<Name> | undefined {
  const median = quantileOfCells(column, 0.5, shape);
  const p95 = quantileOfCells(column, 0.95, shape).value;
  if (median.value === undefined || p95 === undefined) return undefined;
  const n_calls = column.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
  return { name, median: { ...median, value: median.value }, p95, n_calls };
}

function pairedCells(
  { median, p95, n_calls }: PairedColumn<string>,
  sorted: Float64Array = new Float64Array(),
): PairedCells {
  const interval = intervalOf(sorted, { value: median.value, proportion: false, n: n_calls });
  return { median: median.value, p95, ...(interval !== undefined && { interval }), n_calls };
}

function warningsOf({ candidate, baseline }: Pair): readonly Finding[] {
  const { cells } = candidate.shape;
  const [after, before] = [candidate.record, baseline.record];
  return [
    candidate.callsSha256 === baseline.callsSha256 ? [{ code: 'same_calls', count: cells }] : [],
    after.artifact.sha256 === before.artifact.sha256 ? [{ code: 'same_artifact', count: cells }] : [],
    candidate.answersSha256 === baseline.answersSha256 ? [{ code: 'same_answers', count: cells }] : [],
    after.session === before.session ? [] : [{ code: 'other_session', count: 1 }],
  ].flat();
}
