import { faults } from '../../scoring/answer.ts';
import {
  distances,
  drift,
  duration,
  labelled,
  latencies,
  perArm,
  perSummary,
  perTotals,
  states,
} from './arm-samples.ts';
import { sample, timestamp, type Series } from './series.ts';

const gauge = (
  name: Series['name'],
  unit: Series['unit'],
  labels: readonly string[],
): Pick<Series, 'name' | 'type' | 'labels' | 'unit'> => ({
  name,
  type: 'gauge',
  labels: ['arm', ...labels],
  unit,
});
const counter = (
  name: Series['name'],
  labels: readonly string[] = [],
): Pick<Series, 'name' | 'type' | 'labels' | 'unit'> => ({
  name,
  type: 'counter',
  labels: ['arm', ...labels],
  unit: '',
});

/** What an arm's runs showed. */
export const runSeries: readonly Series[] = [
  {
    ...gauge('flipgate_semantic_distance_ratio', 'ratio', ['between', 'stat']),
    help: 'Semantic distance (delta S) over the run, 0 same to 2 opposite.',
    source: 'run: summary.semantic_distance',
    samples: perSummary(distances),
  },
  {
    ...gauge('flipgate_semantic_distance_drift_ratio', 'ratio', ['stat']),
    help: "Semantic distance minus the baseline's: p95 of the p95s, cell_median and cell_p95 of the differences per cell.",
    source: 'comparison: statistics, drift',
    samples: perArm(drift),
  },
  {
    ...gauge('flipgate_coverage_ratio', 'ratio', ['stat']),
    help: 'Share of the anchors that the retrieved snippets cover.',
    source: 'run: summary.coverage',
    samples: perSummary(({ coverage }, labels) =>
      labelled(
        labels,
        'stat',
        coverage && { mean: coverage.mean, p05: coverage.p05, pass_share: coverage.pass_share },
      ),
    ),
  },
  {
    ...gauge('flipgate_lambda_state_ratio', 'ratio', ['state']),
    help: 'Share of the judged calls in a lambda state.',
    source: 'run: summary.lambda.states',
    samples: perSummary(states),
  },
  {
    ...gauge('flipgate_lambda_flip_ratio', 'ratio', ['across']),
    help: 'Share of pairs of calls of one question in different lambda states.',
    source: 'run: summary.lambda.flip',
    samples: perSummary(({ lambda }, labels) => labelled(labels, 'across', lambda?.flip)),
  },
  {
    ...gauge('flipgate_lambda_convergence_ratio', 'ratio', ['seed']),
    help: 'Share of questions whose calls all converge, per seed and over all.',
    source: 'run: summary.lambda.convergence',
    samples: perSummary(({ lambda }, labels) =>
      labelled(labels, 'seed', lambda && { ...lambda.convergence.by_seed, all: lambda.convergence.all }),
    ),
  },
  {
    ...gauge('flipgate_stage_latency_seconds', 'seconds', ['stage', 'stat']),
    help: 'Latency percentile over the calls of the run, exact (nearest rank).',
    source: 'run: summary.latency',
    samples: perSummary(latencies),
  },
  {
    ...gauge('flipgate_error_ratio', 'ratio', []),
    help: 'Share of calls that are faults.',
    source: 'run: summary.error_rate',
    samples: perSummary((summary, labels) => sample(labels, summary.error_rate)),
  },
  {
    ...gauge('flipgate_server_error_ratio', 'ratio', []),
    help: 'Share of calls answered with an HTTP status from 500 to 599.',
    source: 'run: summary.server_error_rate',
    samples: perSummary((summary, labels) => sample(labels, summary.server_error_rate)),
  },
  {
    ...gauge('flipgate_questions', '', ['outcome']),
    help: 'Questions of the run that were judged, skipped (nothing to judge) or errored.',
    source: 'run: summary.questions',
    samples: perSummary(({ questions }, labels) => labelled(labels, 'outcome', questions)),
  },
  {
    ...counter('flipgate_calls_total', ['outcome']),
    help: 'Calls asked of the arm, by outcome, over the runs in the store and the one under way.',
    source: 'run: summary.calls; while a run goes on its calls.jsonl',
    samples: perTotals(({ outcomes }, labels) =>
      ['ok' as const, ...faults].flatMap((outcome) => sample({ ...labels, outcome }, outcomes[outcome])),
    ),
  },
  {
    ...counter('flipgate_tool_loops_total'),
    help: 'Answers with a tool loop.',
    source: 'run: summary.tool_loops; while a run goes on its calls.jsonl',
    samples: perTotals(({ toolLoops }, labels) => sample(labels, toolLoops)),
  },
  {
    ...counter('flipgate_side_effects_total'),
    help: 'Side effects that answers reported.',
    source: 'run: summary.side_effects; while a run goes on its calls.jsonl',
    samples: perTotals(({ sideEffects }, labels) => sample(labels, sideEffects)),
  },
  {
    ...counter('flipgate_dedupe_hits_total'),
    help: 'Deduplicated actions that answers reported.',
    source: 'run: summary.dedupe_hits; while a run goes on its calls.jsonl',
    samples: perTotals(({ dedupeHits }, labels) => sample(labels, dedupeHits)),
  },
  {
    ...gauge('flipgate_run_last_completion_timestamp_seconds', 'seconds', []),
    help: 'When the newest run that has ended got its last answer, however it ended.',
    source: 'run: finished_at',
    samples: perArm(({ ended }, labels) => sample(labels, timestamp(ended?.finished_at))),
  },
  {
    ...gauge('flipgate_run_last_success_timestamp_seconds', 'seconds', []),
    help: 'When the newest complete run got its last answer.',
    source: 'run: finished_at, status complete',
    samples: perArm(({ succeededAt }, labels) => sample(labels, timestamp(succeededAt))),
  },
  {
    ...gauge('flipgate_run_duration_seconds', 'seconds', []),
    help: 'How long the newest ended run took, from its start to its last answer.',
    source: 'run: finished_at - started_at',
    samples: perArm(({ ended }, labels) => sample(labels, ended && duration(ended))),
  },
];
