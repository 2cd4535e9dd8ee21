import {
  badFrom,
  band,
  limitLine,
  lines,
  stat,
  whileFresh,
  whileJudged,
  type Drawn,
  type Panel,
} from '../panels.ts';
import { series } from '../promql.ts';
import { arms, maxAge } from '../settings.ts';
import type { Page } from './dashboard.ts';

const noValue = 'NO FRESH RUN';
const limit = (rule: string): string =>
  whileJudged(
    series('flipgate_gate_rule_limit', { gate: 'acceptance', arm: arms.candidate, rule }),
    'acceptance',
  );

interface Quality {
  readonly title: string;
  readonly description: string;
  readonly queries: (arm: string) => Readonly<Record<string, string>>;
  /** Legends with what is between them filled. */
  readonly band?: readonly [upper: string, lower: string];
  readonly rule?: string;
}

const qualities: readonly Quality[] = [
  {
    title: 'ΔS question to retrieved',
    description: 'Semantic distance over the run; lower is better.',
    queries: (arm) =>
      Object.fromEntries(
        ['p95', 'worst_phrasing', 'mean', 'median'].map((stat_) => [
          stat_,
          series('flipgate_semantic_distance_ratio', { arm, between: 'question_retrieved', stat: stat_ }),
        ]),
      ),
    band: ['p95', 'median'],
    rule: 'semantic_distance',
  },
  {
    title: 'ΔS retrieved to anchor',
    description: 'Semantic distance of what was retrieved to what should have been; lower is better.',
    queries: (arm) =>
      Object.fromEntries(
        ['p95', 'mean', 'median'].map((stat_) => [
          stat_,
          series('flipgate_semantic_distance_ratio', { arm, between: 'retrieved_anchor', stat: stat_ }),
        ]),
      ),
    band: ['p95', 'median'],
  },
  {
    title: 'Coverage',
    description: 'Share of the anchors that was retrieved; higher is better.',
    queries: (arm) =>
      Object.fromEntries(
        ['mean', 'p05', 'pass_share'].map((stat_) => [
          stat_,
          series('flipgate_coverage_ratio', { arm, stat: stat_ }),
        ]),
      ),
    band: ['mean', 'p05'],
    rule: 'coverage',
  },
  {
    title: 'λ convergence',
    description: 'Share of questions whose calls all converge, per seed; higher is better.',
    queries: (arm) => ({ 'seed {{seed}}': series('flipgate_lambda_convergence_ratio', { arm }) }),
    rule: 'lambda_convergence',
  },
  {
    title: 'λ states and flips',
    description: 'Share of the calls in each state, and of the pairs in different ones.',
    queries: (arm) => ({
      '{{state}}': series('flipgate_lambda_state_ratio', { arm }),
      'flips {{across}}': series('flipgate_lambda_flip_ratio', { arm }),
    }),
  },
  {
    title: 'Errors',
    description: 'Share of the calls that are faults, and of those answered with 500 to 599.',
    queries: (arm) => ({
      faults: series('flipgate_error_ratio', { arm }),
      '5xx': series('flipgate_server_error_ratio', { arm }),
    }),
    rule: 'error_rate',
  },
];

function drawn({ title, description, queries, band: filled, rule }: Quality, arm: string): Panel {
  const frame: Drawn = {
    title: `${title}, ${arm}`,
    description: `${description} Shown while the run is fresh.`,
    noValue,
    unit: 'percentunit',
  };
  const fresh = Object.entries(queries(arm)).map(([legend, expr]) => [legend, whileFresh(expr)] as const);
  const panel = lines(frame, {
    ...Object.fromEntries(fresh),
    ...(rule !== undefined && { limit: limit(rule) }),
  });
  const marked = rule === undefined ? panel : limitLine(panel, 'limit');
  return filled === undefined ? marked : band(marked, ...filled);
}

const age = (arm: string): Panel =>
  stat(
    {
      title: `Age of the run, ${arm}`,
      description: 'Since the newest complete run finished.',
      noValue: 'NO COMPLETE RUN',
      unit: 's',
      steps: badFrom(maxAge.acceptance),
      width: 12,
    },
    { age: `time() - ${series('flipgate_run_last_success_timestamp_seconds', { arm })}` },
  );

/** Blue to the left, Green to the right. */
const sides = [arms.baseline, arms.candidate] as const;

export const armsPage: Page = {
  name: 'arms',
  title: 'arms side by side',
  description: `What was measured on ${arms.baseline} and ${arms.candidate}, with the limits of the acceptance gate.`,
  panels: [...sides.map(age), ...qualities.flatMap((quality) => sides.map((arm) => drawn(quality, arm)))],
};
