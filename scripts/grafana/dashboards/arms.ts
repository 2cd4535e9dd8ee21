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
import { ofCandidate, ofRole, series, type Role } from '../promql.ts';
import { maxAge } from '../settings.ts';
import type { Page } from './dashboard.ts';

const noValue = 'NO FRESH RUN';
const limit = (rule: string): string =>
  whileJudged(ofCandidate('flipgate_gate_rule_limit', { gate: 'acceptance', rule }), 'acceptance');

interface Quality {
  readonly title: string;
  readonly description: string;
  /** Selectors by their legends, of any arm. */
  readonly queries: Readonly<Record<string, string>>;
  /** Legends with what is between them filled. */
  readonly band?: readonly [upper: string, lower: string];
  readonly rule?: string;
}

const qualities: readonly Quality[] = [
  {
    title: 'ΔS question to retrieved',
    description: 'Semantic distance over the run; lower is better.',
    queries: Object.fromEntries(
      ['p95', 'worst_phrasing', 'mean', 'median'].map((stat_) => [
        stat_,
        series('flipgate_semantic_distance_ratio', { between: 'question_retrieved', stat: stat_ }),
      ]),
    ),
    band: ['p95', 'median'],
    rule: 'semantic_distance',
  },
  {
    title: 'ΔS retrieved to anchor',
    description: 'Semantic distance of what was retrieved to what should have been; lower is better.',
    queries: Object.fromEntries(
      ['p95', 'mean', 'median'].map((stat_) => [
        stat_,
        series('flipgate_semantic_distance_ratio', { between: 'retrieved_anchor', stat: stat_ }),
      ]),
    ),
    band: ['p95', 'median'],
  },
  {
    title: 'Coverage',
    description: 'Share of the anchors that was retrieved; higher is better.',
    queries: Object.fromEntries(
      ['mean', 'p05', 'pass_share'].map((stat_) => [
        stat_,
        series('flipgate_coverage_ratio', { stat: stat_ }),
      ]),
    ),
    band: ['mean', 'p05'],
    rule: 'coverage',
  },
  {
    title: 'λ convergence',
    description: 'Share of questions whose calls all converge, per seed; higher is better.',
    queries: { 'seed {{seed}}': series('flipgate_lambda_convergence_ratio') },
    rule: 'lambda_convergence',
  },
  {
    title: 'λ states and flips',
    description: 'Share of the calls in each state, and of the pairs in different ones.',
    queries: {
      '{{state}}': series('flipgate_lambda_state_ratio'),
      'flips {{across}}': series('flipgate_lambda_flip_ratio'),
    },
  },
  {
    title: 'Errors',
    description: 'Share of the calls that are faults, and of those answered with 500 to 599.',
    queries: {
      faults: series('flipgate_error_ratio'),
      '5xx': series('flipgate_server_error_ratio'),
    },
    rule: 'error_rate',
  },
];

function drawn({ title, description, queries, band: filled, rule }: Quality, role: Role): Panel {
  const frame: Drawn = {
    title: `${title}, ${role}`,
    description: `${description} Shown while the run is fresh.`,
    noValue,
    unit: 'percentunit',
  };
  const fresh = Object.entries(queries).map(
    ([legend, expr]) => [legend, whileFresh(ofRole(role, expr))] as const,
  );
  const panel = lines(frame, {
    ...Object.fromEntries(fresh),
    ...(rule !== undefined && { limit: limit(rule) }),
  });
  const marked = rule === undefined ? panel : limitLine(panel, 'limit');
  return filled === undefined ? marked : band(marked, ...filled);
}

const age = (role: Role): Panel =>
  stat(
    {
      title: `Age of the run, ${role}`,
      description: 'Since the newest complete run finished.',
      noValue: 'NO COMPLETE RUN',
      unit: 's',
      steps: badFrom(maxAge.acceptance),
      width: 12,
    },
    { age: `time() - ${ofRole(role, series('flipgate_run_last_success_timestamp_seconds'))}` },
  );

/** From left to right. */
const sides: readonly Role[] = ['baseline', 'candidate'];

export const armsPage: Page = {
  name: 'arms',
  title: 'arms side by side',
  description:
    'What was measured on the baseline and on the candidate, with the limits of the acceptance gate.',
  panels: [...sides.map(age), ...qualities.flatMap((quality) => sides.map((role) => drawn(quality, role)))],
};
