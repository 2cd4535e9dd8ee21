import type { Scatter } from './plan-sizes.ts';
import type { PolicyStatisticRule } from '../policy.ts';

/**
 * What healthy arms showed in simulations and on the shipped handbook, with 40 questions, 3 paraphrases and 2 seeds: for plans that are made
 * before the first run. `deviation` is that of the statistic over runs.
 */
const assumed: Readonly<Record<string, readonly [healthy: number, deviation: number]>> = {
  'semantic_distance.question_retrieved.worst_phrasing candidate': [0.35, 0.016],
  'coverage.mean candidate': [0.85, 0.035],
  'lambda.convergence.worst_seed candidate': [0.9, 0.048],
  'lambda.flip.all difference': [0, 0.03],
  'latency.total.p95 ratio': [1, 0.08],
  'error_rate candidate': [0.0005, 0],
  'tool_loops candidate': [0, 0],
};

const questions = 40;

/** The assumed scatter of a rule's statistic; a tenth of the limit where nothing is known of it. */
export function assumedScatter({ statistic, comparing, limit, direction }: PolicyStatisticRule): Scatter {
  const away = Math.max(Math.abs(limit), 0.01) * 0.2 * (direction === 'at_most' ? -1 : 1);
  const [healthy, deviation] = assumed[`${statistic} ${comparing}`] ?? [limit + away, Math.abs(away) / 2];
  return { healthy, deviation, questions, basis: 'assumed' };
}
