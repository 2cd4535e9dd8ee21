import { clocks, type Clock } from '../core/answer.ts';
import type { Finding, RunRecord } from '../core/record.ts';
import { bootstrap, defaultBootstrapSeed, defaultResamples } from './bootstrap.ts';
import { statistics, type Statistic } from './catalogue.ts';
import type { Evidence } from './evidence.ts';
import { asMeasured, type Better, type Unit } from './fields.ts';
import { intervalOf, type Interval } from './interval.ts';
import type { Formula } from './means.ts';
import { pairedFormula, type Pair } from './pairing.ts';
import { quantileOfCells } from './quantile.ts';
import { questionDifferences, type QuestionDifference } from './question-differences.ts';

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
  readonly latency_ratio: Partial<Record<Clock, PairedCells>>;
  /** Candidate − baseline of each cell's ΔS(question, retrieved). */
  readonly drift?: PairedCells;
  /** Worst for the candidate first. */
  readonly questions: readonly QuestionDifference[];
}

/** A record without its summary. */
export type Header = Omit<RunRecord, 'summary'>;

export type ComparisonOptions = { readonly resamples?: number; readonly seed?: number };

/** Compares two runs of the same cells; `comparable` says beforehand whether they are. */
export function compareRuns(pair: Pair, options: ComparisonOptions = {}): Comparison {
  const { resamples = defaultResamples, seed = defaultBootstrapSeed } = options;
  const questions = pair.candidate.shape.questions.length;
  const sizes = { resamples, seed, questions };
  const ratios = clocks.map((clock) => [clock, ratioColumn(pair, clock)] as const);
  const drift = differenceColumn(pair);
  const cells = [...ratios.map(([, column]) => column), drift].map((column) => quantileOfCells(column, 0.5, pair.candidate.shape));
  const differences = statistics.map((statistic) => ({ statistic, formula: difference(statistic, pair) }));
  const results = bootstrap(
    [...differences.map(({ formula }) => formula), ...cells].map((formula) => formula.resampled),
    sizes,
  );
  const after = results.slice(differences.length);
  return {
    schema: 'flipgate.comparison/1',
    baseline: headerOf(pair.baseline),
    candidate: headerOf(pair.candidate),
    bootstrap: sizes,
    warnings: warningsOf(pair),
    statistics: Object.fromEntries(
      differences.flatMap(({ statistic, formula }, index) => compared(statistic, pair, { formula, sorted: results[index] })),
    ),
    latency_ratio: Object.fromEntries(
      ratios.flatMap(([clock, column], index) => pairedCells(clock, column, { pair, sorted: after[index] })),
    ),
    ...Object.fromEntries(pairedCells('drift', drift, { pair, sorted: after[ratios.length] })),
    questions: questionDifferences(pair),
  };
}

function difference(statistic: Statistic, pair: Pair): Formula {
  return pairedFormula(statistic, pair, { comparing: 'difference', reading: { candidate: asMeasured, baseline: asMeasured } });
}

function headerOf({ record }: Evidence): Header {
  const { summary: _summary, ...header } = record;
  return header;
}

function compared(
  statistic: Statistic,
  { candidate, baseline }: Pair,
  { formula, sorted = new Float64Array() }: { formula: Formula; sorted: Float64Array | undefined },
): readonly (readonly [string, ComparedStatistic])[] {
  const [after, before] = [statistic.estimate(candidate, asMeasured), statistic.estimate(baseline, asMeasured)];
  if (after.counts.n === 0 && before.counts.n === 0) return [];
  const n = Math.min(after.counts.n, before.counts.n);
  const interval = formula.value === undefined ? undefined : intervalOf(sorted, { value: formula.value, proportion: false, n });
  const { name, unit, better } = statistic;
  const result: ComparedStatistic = {
    unit,
    better,
    ...(before.value !== undefined && { baseline: before.value }),
    ...(after.value !== undefined && { candidate: after.value }),
    ...(formula.value !== undefined && { difference: formula.value }),
    ...(interval !== undefined && { interval }),
    n,
  };
  return [[name, result]];
}

function ratioColumn({ candidate, baseline }: Pair, clock: Clock): Float64Array {
  const before = baseline.latency[clock];
  return candidate.latency[clock].map((seconds, cell) => finite(seconds / (before[cell] ?? Number.NaN)));
}

function differenceColumn({ candidate, baseline }: Pair): Float64Array {
  return candidate.questionRetrieved.map((distance, cell) => finite(distance - (baseline.questionRetrieved[cell] ?? Number.NaN)));
}

/** A cell with a latency of 0 has no ratio. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

function pairedCells<Name extends string>(
  name: Name,
  column: Float64Array,
  { pair, sorted = new Float64Array() }: { pair: Pair; sorted: Float64Array | undefined },
): readonly (readonly [Name, PairedCells])[] {
  const { shape } = pair.candidate;
  const median = quantileOfCells(column, 0.5, shape).value;
  const p95 = quantileOfCells(column, 0.95, shape).value;
  if (median === undefined || p95 === undefined) return [];
  const interval = intervalOf(sorted, { value: median, proportion: false, n: shape.questions.length });
  const n_calls = column.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
  return [[name, { median, p95, ...(interval !== undefined && { interval }), n_calls }]];
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
