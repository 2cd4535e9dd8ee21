import { sanitizeForTerminal } from '../../base/printable.ts';
import { stages, type Stage } from '../../scoring/answer.ts';
import type { RunRecord, Summary } from '../../scoring/record.ts';
import { alignColumns } from './columns.ts';
import type { Paint } from './paint.ts';

type Row = readonly [label: string, of: (record: RunRecord, paint: Paint) => string | undefined];

/** The numbers of some runs side by side, an arm a column: what a person reads after a run. A number that was not measured is a dash. */
export function runTable(records: readonly RunRecord[], paint: Paint): string {
  const head = ['', ...records.map((record) => paint.bold(record.arm))];
  const body = rows
    .map(([label, of]) => ({ label, cells: records.map((record) => of(record, paint)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined))
    .map(({ label, cells }) => [label, ...cells.map((cell) => cell ?? paint.dim('–'))]);
  return alignColumns([head, ...body], '  ');
}

const rows: readonly Row[] = [
  ['calls answered', ({ summary }) => `${summary.calls.ok} of ${summary.calls.planned}`],
  ['error rate', ({ summary }, paint) => errorText(summary, paint)],
  [
    'ΔS question–retrieved',
    ({ summary }, paint) => distanceText(summary.semantic_distance?.question_retrieved, paint),
  ],
  [
    '  worst phrasing',
    ({ summary }, paint) => banded(summary.semantic_distance?.question_retrieved?.worst_phrasing, paint),
  ],
  [
    'ΔS question–anchor',
    ({ summary }, paint) => distanceText(summary.semantic_distance?.question_anchor, paint),
  ],
  [
    'ΔS retrieved–anchor',
    ({ summary }, paint) => distanceText(summary.semantic_distance?.retrieved_anchor, paint),
  ],
  ['ΔS answer–anchor', ({ summary }, paint) => distanceText(summary.semantic_distance?.answer_anchor, paint)],
  ['coverage', ({ summary }, paint) => coverageText(summary, paint)],
  ['λ states', ({ summary }) => stateText(summary)],
  ['λ convergence', ({ summary }) => convergenceText(summary)],
  ['λ flip rate', ({ summary }) => flipText(summary)],
  [
    'recall@5, nDCG@10',
    ({ summary }) =>
      summary.retrieval &&
      `${digits(summary.retrieval.recall_at_5)}, ${digits(summary.retrieval.ndcg_at_10)}`,
  ],
  [
    'latency p50 / p95',
    ({ summary }) =>
      summary.latency.total &&
      `${milliseconds(summary.latency.total.p50)} / ${milliseconds(summary.latency.total.p95)}`,
  ],
  ...stages.map((stage): Row => [`  ${stage}`, ({ summary }) => stageText(summary, stage)]),
  ['slowest stage', ({ summary }) => slowestStage(summary)],
  [
    'tool loops',
    ({ summary }, paint) => (summary.tool_loops === 0 ? '0' : paint.red(String(summary.tool_loops))),
  ],
  ['side effects, deduped', ({ summary }) => `${summary.side_effects}, ${summary.dedupe_hits}`],
  [
    'artifact',
    ({ artifact, artifacts }, paint) =>
      artifacts === undefined
        ? artifactText(artifact, paint)
        : paint.red(`${artifacts.length} versions in one run`),
  ],
  ['status', ({ status }, paint) => (status === 'complete' ? status : paint.red(status))],
];

function errorText({ error_rate, calls }: Summary, paint: Paint): string | undefined {
  if (error_rate === undefined) return undefined;
  const text = `${(100 * error_rate).toFixed(2)} %`;
  const kinds = (['network', 'timeout', 'status', 'shape', 'retried'] as const)
    .filter((kind) => calls[kind] > 0)
    .map((kind) => `${kind} ${calls[kind]}`);
  if (error_rate === 0) return paint.green(text);
  return paint.red(kinds.length === 0 ? text : `${text} (${kinds.join(', ')})`);
}

function distanceText(distance: { mean: number; p95: number } | undefined, paint: Paint): string | undefined {
  return distance && `${banded(distance.mean, paint)}, p95 ${digits(distance.p95)}`;
}

/** The bands of ΔS: stable below 0.40, transitional to 0.60, critical from there. */
function banded(value: number | undefined, paint: Paint): string | undefined {
  if (value === undefined) return undefined;
  if (value < 0.4) return paint.green(`${digits(value)} stable`);
  return value < 0.6 ? paint.yellow(`${digits(value)} transitional`) : paint.red(`${digits(value)} critical`);
}

function coverageText({ coverage }: Summary, paint: Paint): string | undefined {
  if (coverage === undefined) return undefined;
  const text = `${digits(coverage.mean)}, ${(100 * coverage.pass_share).toFixed(0)} % of calls ≥ 0.70`;
  if (coverage.mean >= 0.7) return paint.green(text);
  return coverage.mean >= 0.6 ? paint.yellow(text) : paint.red(text);
}

function stateText({ lambda }: Summary): string | undefined {
  if (lambda === undefined) return undefined;
  const { convergent, split, collapsed, backward } = lambda.states;
  return `→ ${convergent}  <> ${split}  × ${collapsed}  ← ${backward}`;
}

function convergenceText({ lambda }: Summary): string | undefined {
  if (lambda?.convergence.all === undefined) return undefined;
  const bySeed = Object.entries(lambda.convergence.by_seed).map(
    ([seed, share]) => `seed ${seed}: ${digits(share)}`,
  );
  return `${digits(lambda.convergence.all)} (${bySeed.join(', ')})`;
}

function flipText({ lambda }: Summary): string | undefined {
  if (lambda?.flip.all === undefined) return undefined;
  const { all, phrasing, seed } = lambda.flip;
  const parts = [
    phrasing === undefined ? [] : [`phrasings ${digits(phrasing)}`],
    seed === undefined ? [] : [`seeds ${digits(seed)}`],
  ].flat();
  return parts.length === 0 ? digits(all) : `${digits(all)} (${parts.join(', ')})`;
}

function stageText({ latency }: Summary, stage: Stage): string | undefined {
  const found = latency[stage];
  return found && `${milliseconds(found.p50)} / ${milliseconds(found.p95)}`;
}

function slowestStage({ latency }: Summary): string | undefined {
  const known = stages.flatMap((stage) =>
    latency[stage] === undefined ? [] : [{ stage, mean: latency[stage].mean }],
  );
  const slowest = known.toSorted((a, b) => b.mean - a.mean)[0];
  const total = latency.total?.mean;
  if (slowest === undefined || total === undefined || total === 0) return undefined;
  if (slowest.mean > total) return `${slowest.stage}, which the arm reports as longer than the whole call`;
  return `${slowest.stage}, ${((100 * slowest.mean) / total).toFixed(0)} % of the time`;
}

function artifactText(artifact: RunRecord['artifact'], paint: Paint): string {
  return artifact.complete
    ? sanitizeForTerminal(artifact.sha256.slice(0, 12))
    : paint.yellow('version fields missing');
}

function digits(value: number): string {
  return value.toFixed(2);
}

function milliseconds(seconds: number): string {
  return seconds < 10 ? `${(1000 * seconds).toFixed(0)} ms` : `${seconds.toFixed(1)} s`;
}
