import { statisticNamed } from '../../../src/statistics/catalogue.ts';
import type { Evidence } from '../../../src/statistics/evidence/evidence.ts';
import type { Estimator } from '../../../src/statistics/estimator.ts';
import { readMissing } from '../../../src/statistics/pair.ts';
import { pairedEstimator } from '../../../src/statistics/pairing.ts';
import { weightsOf } from '../statistics/fixtures.ts';
import { timeoutSeconds } from './arbitrary-runs.ts';

/** What the acceptance gate judges, and some statistics that own rules can. */
export const judgedStatistics = [
  { name: 'semantic_distance.question_retrieved.worst_phrasing', comparing: 'candidate', better: 'lower' },
  { name: 'semantic_distance.question_retrieved.p95', comparing: 'difference', better: 'lower' },
  { name: 'coverage.mean', comparing: 'candidate', better: 'higher' },
  { name: 'coverage.p05', comparing: 'difference', better: 'higher' },
  { name: 'lambda.convergence.worst_seed', comparing: 'candidate', better: 'higher' },
  { name: 'lambda.convergence.all', comparing: 'difference', better: 'higher' },
  { name: 'lambda.flip.all', comparing: 'difference', better: 'lower' },
  { name: 'lambda.flip.phrasing', comparing: 'candidate', better: 'lower' },
  { name: 'latency.total.p95', comparing: 'ratio', better: 'lower' },
  { name: 'latency.total.mean', comparing: 'candidate', better: 'lower' },
  { name: 'error_rate', comparing: 'candidate', better: 'lower' },
  { name: 'tool_loops', comparing: 'candidate', better: 'lower' },
] as const;

/** Each of them with what is missing at its worst: on the sample and on some resamples, NaN where there is no value. */
export function readAtWorst(
  arms: { readonly candidate: Evidence; readonly baseline: Evidence },
  draws: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const questions = arms.candidate.shape.questions.length;
  const reading = readMissing('worst', { candidate: timeoutSeconds, baseline: timeoutSeconds });
  const weights = draws.map((drawn) =>
    weightsOf(
      drawn.slice(0, questions).map((one) => one % questions),
      questions,
    ),
  );
  return judgedStatistics.map(({ name, comparing }) => {
    const statistic = statisticNamed(name);
    if (statistic === undefined) throw new Error(name);
    const estimator: Estimator =
      comparing === 'candidate'
        ? statistic.estimate(arms.candidate, reading.candidate)
        : pairedEstimator(statistic, arms, { comparing, reading });
    return [estimator.value ?? Number.NaN, ...weights.map((one) => estimator.resampled(one))];
  });
}
