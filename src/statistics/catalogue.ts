import { clocks, type Clock } from '../core/answer.ts';
import { atLeast } from '../core/thresholds.ts';
import { countsOfCells, type Counts, type Estimator } from './estimator.ts';
import { retrievalMetrics, type Evidence } from './evidence.ts';
import * as fields from './fields.ts';
import { columnOf, type Better, type Field, type Reading, type Unit } from './fields.ts';
import { convergenceEstimator, flipEstimator } from './lambda.ts';
import { meanOfCells, sumOfCells, worstParaphrase, type Formula } from './means.ts';
import { quantileOfCells } from './quantile.ts';

/** A statistic of a run: one number of its summary. */
export interface Statistic {
  /** Its place in the summary, with dots. */
  readonly name: string;
  readonly unit: Unit;
  readonly better: Better;
  /** A share of calls or questions, or a mean of such: between 0 and 1. */
  readonly proportion: boolean;
  /** Counts calls: its resolution is the binomial's. */
  readonly counts: 'calls' | 'questions' | 'no';
  readonly estimate: (evidence: Evidence, reading: Reading) => Estimator;
  /** What the statistic rests on as measured, and how many of its cells have no value. */
  readonly standing: (evidence: Evidence) => Standing;
}

export interface Standing extends Counts {
  /** Cells that should have a value and have none, over the cells that should. */
  readonly missing: number;
}

type Aggregate = (column: Float64Array, evidence: Evidence) => Formula;

const mean: Aggregate = (column, { shape }) => meanOfCells(column, shape);
const total: Aggregate = (column, { shape }) => sumOfCells(column, shape);
const worstPhrasing: Aggregate = (column, { shape }) => worstParaphrase(column, shape);
const quantile =
  (p: number): Aggregate =>
  (column, { shape }) =>
    quantileOfCells(column, p, shape);

/** Coverage at which a call passes. */
const passingCoverage = 0.7;
const passShare: Aggregate = (column, { shape }) =>
  meanOfCells(
    column.map((value) => (Number.isNaN(value) ? value : Number(atLeast(value, passingCoverage)))),
    shape,
  );

function ofField(
  name: string,
  [field, aggregate]: readonly [Field, Aggregate],
  options: Partial<Pick<Statistic, 'counts' | 'proportion'>> = {},
): Statistic {
  return {
    name,
    unit: field.unit,
    better: field.better,
    proportion: options.proportion ?? false,
    counts: options.counts ?? 'no',
    estimate: (evidence, reading) => {
      const column = columnOf(field, evidence, reading);
      return { ...aggregate(column, evidence), counts: countsOfCells(field.column(evidence), evidence.shape, field.applies(evidence)) };
    },
    standing: (evidence) => standingOfCells(field, evidence),
  };
}

function standingOfCells(field: Field, evidence: Evidence): Standing {
  const { shape } = evidence;
  const column = field.column(evidence);
  const applies = field.applies(evidence);
  const due = shape.perQuestion * applies.reduce((sum, flag) => sum + flag, 0);
  const missing = column.reduce(
    (sum, value, cell) => (Number.isNaN(value) && applies[Math.floor(cell / shape.perQuestion)] === 1 ? sum + 1 : sum),
    0,
  );
  return { ...countsOfCells(column, shape, applies), missing: due === 0 ? 0 : missing / due };
}

function lambdaStanding(evidence: Evidence): Standing {
  const { counts } = flipEstimator(evidence, 'all', 'absent');
  const due = counts.n + counts.errored;
  const cells = due * evidence.shape.perQuestion;
  let missing = 0;
  for (const [cell, state] of evidence.states.entries()) {
    const standing = evidence.lambda[Math.floor(cell / evidence.shape.perQuestion)];
    if (standing === 0 || (standing === 1 && (state === -1 || evidence.faulted[cell] === 1))) missing += 1;
  }
  return { ...counts, missing: cells === 0 ? 0 : missing / cells };
}

function ofLambda(name: string, better: Better, estimate: Statistic['estimate']): Statistic {
  const isShare = name.startsWith('lambda.convergence');
  return { name, unit: 'ratio', better, proportion: true, counts: isShare ? 'questions' : 'no', estimate, standing: lambdaStanding };
}

function distances(name: string, field: Field): readonly Statistic[] {
  const prefix = `semantic_distance.${name}`;
  return [
    ofField(`${prefix}.mean`, [field, mean]),
    ofField(`${prefix}.median`, [field, quantile(0.5)]),
    ofField(`${prefix}.p95`, [field, quantile(0.95)]),
  ];
}

function latencies(clock: Clock): readonly Statistic[] {
  const field = fields.latency(clock);
  return [
    ofField(`latency.${clock}.mean`, [field, mean]),
    ofField(`latency.${clock}.p50`, [field, quantile(0.5)]),
    ofField(`latency.${clock}.p95`, [field, quantile(0.95)]),
    ofField(`latency.${clock}.p99`, [field, quantile(0.99)]),
  ];
}

/** Whether a faulted call would have looped is not known. */
const toolLoop = fields.amount(
  ({ toolLoop: loops, faulted }) => Float64Array.from(loops, (loop, cell) => (loop === 0 && faulted[cell] === 1 ? Number.NaN : loop)),
  'count',
);

/** Every statistic that a rule can judge and a comparison shows; a new one is one entry here. */
export const statistics: readonly Statistic[] = [
  ofField('error_rate', [fields.faulted, mean], { counts: 'calls', proportion: true }),
  ofField('server_error_rate', [fields.serverError, mean], { counts: 'calls', proportion: true }),
  ...distances('question_retrieved', fields.questionRetrieved),
  ofField('semantic_distance.question_retrieved.worst_phrasing', [fields.questionRetrieved, worstPhrasing]),
  ...distances('retrieved_anchor', fields.retrievedAnchor),
  ...distances('answer_anchor', fields.answerAnchor),
  ofField('coverage.mean', [fields.coverage, mean], { proportion: true }),
  ofField('coverage.p05', [fields.coverage, quantile(0.05)]),
  ofField('coverage.pass_share', [fields.coverage, passShare], { proportion: true }),
  ...(['all', 'phrasing', 'seed'] as const).map((kind) =>
    ofLambda(`lambda.flip.${kind}`, 'lower', (evidence, { missing }) => flipEstimator(evidence, kind, missing)),
  ),
  ...(['all', 'worst_seed'] as const).map((over) =>
    ofLambda(`lambda.convergence.${over}`, 'higher', (evidence, { missing }) => convergenceEstimator(evidence, over, missing)),
  ),
  ...clocks.flatMap(latencies),
  ...retrievalMetrics.map((metric) => ofField(`retrieval.${metric}`, [fields.retrieval(metric), mean], { proportion: true })),
  ofField('tool_loops', [toolLoop, total]),
  ofField('side_effects', [fields.amount((evidence) => evidence.sideEffects, 'count'), total]),
  ofField('dedupe_hits', [fields.amount((evidence) => evidence.dedupeHits, 'count', 'higher'), total]),
  ofField('usage.input_tokens', [fields.amount((evidence) => evidence.inputTokens, 'tokens'), total]),
  ofField('usage.output_tokens', [fields.amount((evidence) => evidence.outputTokens, 'tokens'), total]),
];

const byName = new Map(statistics.map((statistic) => [statistic.name, statistic]));

/** The statistic of a name, if there is one. */
export function statisticNamed(name: string): Statistic | undefined {
  return byName.get(name);
}
