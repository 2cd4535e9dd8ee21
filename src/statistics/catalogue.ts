import { clocks, type LatencyClock } from '../scoring/answer.ts';
import { passingCoverage } from '../scoring/summary/score-tally.ts';
import { atLeast } from '../scoring/thresholds.ts';
import { latencyAbsence, sectionsAbsence, unrecordedLatency, usageAbsence } from './evidence/absence.ts';
import { countsOfCells } from './counts.ts';
import { retrievalMetrics, stateCodes, type Evidence } from './evidence/evidence.ts';
import * as fields from './evidence/fields.ts';
import { columnOf, type Field } from './evidence/fields.ts';
import { combineEstimators, type Estimator } from './estimator.ts';
import {
  convergenceColumn,
  convergenceEstimator,
  flipColumn,
  flipDifference,
  flipEstimator,
  standingOfLambda,
  type FlipKind,
} from './lambda.ts';
import { meanOfCells, sumOfCells, worstParaphrase } from './means.ts';
import { quantileOfCells } from './quantile.ts';
import type { StatisticCounts, Statistic } from './statistic.ts';

type Aggregate = (column: Float64Array, evidence: Evidence) => Estimator;

const mean: Aggregate = (column, { shape }) => meanOfCells(column, shape);
const total: Aggregate = (column, { shape }) => sumOfCells(column, shape);
const worstPhrasing: Aggregate = (column, { shape }) => worstParaphrase(column, shape);
const quantile =
  (p: number): Aggregate =>
  (column, { shape }) =>
    quantileOfCells(column, p, shape);

const passShare: Aggregate = (column, { shape }) =>
  meanOfCells(
    column.map((value) => (Number.isNaN(value) ? value : Number(atLeast(value, passingCoverage)))),
    shape,
  );

/** A run without prices has no cost, rather than one of 0. */
const spent: Aggregate = (column, { cost, shape }) =>
  cost === undefined ? { value: undefined, resampled: () => Number.NaN } : sumOfCells(column, shape);
const perConvergedAnswer: Aggregate = (column, evidence) => {
  const converged = Float64Array.from(evidence.states, (state) => Number(state === stateCodes.convergent));
  return combineEstimators(
    spent(column, evidence),
    sumOfCells(converged, evidence.shape),
    (cost, answers) => cost / answers,
  );
};

function ofField(
  name: string,
  [field, aggregate]: readonly [Field, Aggregate],
  options: Partial<Pick<Statistic, 'counts' | 'proportion' | 'absence' | 'gaps'>> = {},
): Statistic {
  return {
    name,
    unit: field.unit,
    better: field.better,
    proportion: false,
    readings: ['worst'],
    overSeeds: false,
    ...options,
    estimate: (evidence, reading) => aggregate(columnOf(field, evidence, reading), evidence),
    standing: (evidence) => standingOfCells(field, evidence),
  };
}

function standingOfCells(field: Field, evidence: Evidence): StatisticCounts {
  const { shape } = evidence;
  const column = field.column(evidence);
  const applies = field.applies(evidence);
  const due = shape.perQuestion * applies.reduce((sum, flag) => sum + flag, 0);
  const missing = column.reduce(
    (sum, value, cell) =>
      Number.isNaN(value) && applies[Math.floor(cell / shape.perQuestion)] === 1 ? sum + 1 : sum,
    0,
  );
  return { ...countsOfCells(column, shape, applies), missing: due === 0 ? 0 : missing / due };
}

/** λ is judged by its definition first; what was not measured takes the worst value in a second look. */
const ofLambda = { unit: 'ratio', proportion: true, readings: ['absent', 'worst'], overSeeds: true } as const;

function flips(kind: FlipKind): Statistic {
  return {
    ...ofLambda,
    name: `lambda.flip.${kind}`,
    better: 'lower',
    estimate: (evidence, { missing }) => flipEstimator(evidence, kind, missing),
    difference: (pair, reading) => flipDifference(pair, kind, reading),
    standing: (evidence) => standingOfLambda(evidence, flipColumn(evidence, kind, 'absent')),
  };
}

function convergence(over: 'all' | 'worst_seed'): Statistic {
  return {
    ...ofLambda,
    name: `lambda.convergence.${over}`,
    better: 'higher',
    counts: 'share_of_questions',
    estimate: (evidence, { missing }) => convergenceEstimator(evidence, over, missing),
    standing: (evidence) => standingOfLambda(evidence, convergenceColumn(evidence, undefined, 'absent')),
  };
}

function distances(name: string, field: Field): readonly Statistic[] {
  const prefix = `semantic_distance.${name}`;
  return [
    ofField(`${prefix}.mean`, [field, mean]),
    ofField(`${prefix}.median`, [field, quantile(0.5)]),
    ofField(`${prefix}.p95`, [field, quantile(0.95)]),
  ];
}

function latencies(clock: LatencyClock): readonly Statistic[] {
  const field = fields.latency(clock);
  const why = {
    absence: latencyAbsence(clock),
    ...(clock === 'total' && { gaps: unrecordedLatency }),
  };
  return [
    ofField(`latency.${clock}.mean`, [field, mean], why),
    ofField(`latency.${clock}.p50`, [field, quantile(0.5)], why),
    ofField(`latency.${clock}.p95`, [field, quantile(0.95)], why),
    ofField(`latency.${clock}.p99`, [field, quantile(0.99)], why),
  ];
}

/** Whether a faulted call would have looped is not known. */
const toolLoop = fields.amount(
  ({ toolLoop: loops, faulted }) =>
    Float64Array.from(loops, (loop, cell) => (loop === 0 && faulted[cell] === 1 ? Number.NaN : loop)),
  'count',
);

/** Every statistic that a rule can judge and a comparison shows; a new one is one entry here. */
export const statistics: readonly Statistic[] = [
  ofField('error_rate', [fields.faulted, mean], { counts: 'share_of_calls', proportion: true }),
  ofField('server_error_rate', [fields.serverError, mean], { counts: 'share_of_calls', proportion: true }),
  ...distances('question_retrieved', fields.questionRetrieved),
  ofField('semantic_distance.question_retrieved.worst_phrasing', [fields.questionRetrieved, worstPhrasing]),
  ...distances('retrieved_anchor', fields.retrievedAnchor),
  ...distances('answer_anchor', fields.answerAnchor),
  ofField('coverage.mean', [fields.coverage, mean], { proportion: true }),
  ofField('coverage.p05', [fields.coverage, quantile(0.05)]),
  ofField('coverage.pass_share', [fields.coverage, passShare], { proportion: true }),
  ...(['all', 'phrasing', 'seed'] as const).map(flips),
  ...(['all', 'worst_seed'] as const).map(convergence),
  ...clocks.flatMap(latencies),
  ...retrievalMetrics.map((metric) =>
    ofField(`retrieval.${metric}`, [fields.retrieval(metric), mean], {
      proportion: true,
      absence: sectionsAbsence,
    }),
  ),
  ofField('tool_loops', [toolLoop, total], { counts: 'calls' }),
  ofField('side_effects', [fields.amount((evidence) => evidence.sideEffects, 'count'), total]),
  ofField('dedupe_hits', [fields.amount((evidence) => evidence.dedupeHits, 'count', 'higher'), total]),
  ofField('usage.input_tokens', [fields.amount((evidence) => evidence.inputTokens, 'tokens'), total], {
    absence: usageAbsence('input tokens'),
  }),
  ofField('usage.output_tokens', [fields.amount((evidence) => evidence.outputTokens, 'tokens'), total], {
    absence: usageAbsence('output tokens'),
  }),
  ofField('cost.total', [fields.cost, spent], { absence: usageAbsence('cost') }),
  ofField('cost.per_converged_answer', [fields.cost, perConvergedAnswer], { absence: usageAbsence('cost') }),
];

const byName = new Map(statistics.map((statistic) => [statistic.name, statistic]));

/** The statistic of a name, if there is one. */
export function statisticNamed(name: string): Statistic | undefined {
  return byName.get(name);
}
