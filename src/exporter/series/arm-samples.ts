import { clocks } from '../../scoring/answer.ts';
import { lambdaStates, type RunRecord, type Summary } from '../../scoring/record.ts';
import type { ArmSnapshot, CallTotals, Snapshot } from '../snapshot.ts';
import { sample, timestamp, type Sample, type Series } from './series.ts';

/** Samples of every arm. */
export const perArm =
  (of: (snapshot: ArmSnapshot, labels: { readonly arm: string }) => readonly Sample[]): Series['samples'] =>
  ({ arms }: Snapshot) =>
    arms.flatMap((arm) => of(arm, { arm: arm.arm }));

/** Of the newest run that has ended, where that one is complete: half a run's numbers stand for nothing. */
export const perSummary = (
  of: (summary: Summary, labels: { readonly arm: string }) => readonly Sample[],
): Series['samples'] =>
  perArm(({ ended }, labels) => (ended?.status === 'complete' ? of(ended.summary, labels) : []));

/** Of the calls of all its runs. */
export const perTotals = (
  of: (totals: CallTotals, labels: { readonly arm: string }) => readonly Sample[],
): Series['samples'] => perArm(({ totals }, labels) => (totals === undefined ? [] : of(totals, labels)));

/** A sample for every number of a part, which is named by `label`. */
export function labelled<Part extends object>(
  labels: Sample['labels'],
  label: string,
  part: Part | undefined,
): readonly Sample[] {
  return Object.entries(part ?? {}).flatMap(([name, value]) =>
    sample({ ...labels, [label]: name }, typeof value === 'number' ? value : undefined),
  );
}

/** Of ΔS, between what it is. */
export function distances(summary: Summary, labels: { readonly arm: string }): readonly Sample[] {
  const { question_retrieved: asked, retrieved_anchor: anchored } = summary.semantic_distance ?? {};
  const stats = (between: string, part: object | undefined): readonly Sample[] =>
    labelled({ ...labels, between }, 'stat', part);
  return [
    ...stats(
      'question_retrieved',
      asked && {
        mean: asked.mean,
        median: asked.median,
        p95: asked.p95,
        worst_phrasing: asked.worst_phrasing,
      },
    ),
    ...stats(
      'retrieved_anchor',
      anchored && { mean: anchored.mean, median: anchored.median, p95: anchored.p95 },
    ),
  ];
}

/** How far the candidate is from the baseline. */
export function drift({ comparison }: ArmSnapshot, labels: { readonly arm: string }): readonly Sample[] {
  const p95 = comparison?.statistics['semantic_distance.question_retrieved.p95']?.difference;
  return labelled(labels, 'stat', {
    p95,
    cell_median: comparison?.drift?.median,
    cell_p95: comparison?.drift?.p95,
  });
}

/** Shares of the λ states. */
export function states({ lambda }: Summary, labels: { readonly arm: string }): readonly Sample[] {
  const judged = lambdaStates.reduce((sum, state) => sum + (lambda?.states[state] ?? 0), 0);
  return judged === 0
    ? []
    : lambdaStates.flatMap((state) => sample({ ...labels, state }, (lambda?.states[state] ?? 0) / judged));
}

/** Percentiles of every stage. */
export function latencies({ latency }: Summary, labels: { readonly arm: string }): readonly Sample[] {
  return clocks.flatMap((stage) => {
    const found = latency[stage];
    return labelled(
      { ...labels, stage },
      'stat',
      found && { p50: found.p50, p95: found.p95, p99: found.p99 },
    );
  });
}

/** Seconds from a run's start to its last answer. */
export function duration({ started_at, finished_at }: RunRecord): number | undefined {
  const [started, finished] = [timestamp(started_at), timestamp(finished_at)];
  return started === undefined || finished === undefined ? undefined : Math.max(0, finished - started);
}
