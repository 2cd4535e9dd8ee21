import { noise } from '../../src/statistics/limit.ts';
import { defaultGates, type StatisticRule } from '../../src/gates/rules.ts';
import { block, either, ofCandidate, oneFresh, proved } from './promql.ts';
import { maxAge } from './settings.ts';

const gate = 'acceptance';

/** The series that a rule of the acceptance gate rests on. */
const rawSeries: Readonly<Record<string, string>> = {
  semantic_distance: ofCandidate('flipgate_semantic_distance_ratio', {
    between: 'question_retrieved',
    stat: 'worst_phrasing',
  }),
  coverage: ofCandidate('flipgate_coverage_ratio', { stat: 'mean' }),
  lambda_convergence: ofCandidate('flipgate_lambda_convergence_ratio', { seed: '!=all' }),
  error_rate: ofCandidate('flipgate_error_ratio'),
};

interface RawRule {
  readonly rule: string;
  /** All series of it. */
  readonly raw: string;
  readonly limit: string;
  /** Those within the limit; NaN is not, and none is where the limit is not exactly one series. */
  readonly kept: string;
}

function rawRule(rule: string, raw: string): RawRule {
  const known = (defaultGates[gate] ?? []).find(
    (one): one is StatisticRule => one.kind === 'statistic' && one.name === rule,
  );
  if (known === undefined) throw new Error(`gate "${gate}" has no rule "${rule}"`);
  const limit = ofCandidate('flipgate_gate_rule_limit', { gate, rule });
  const comparison =
    known.direction === 'at_most' ? `<= scalar(${limit}) + ${noise}` : `>= scalar(${limit}) - ${noise}`;
  return { rule, raw, limit, kept: `${raw} ${comparison}` };
}

export const rawRules: readonly RawRule[] = Object.entries(rawSeries).map(([rule, raw]) =>
  rawRule(rule, raw),
);

/** Every raw series that violates the limit of its rule, whatever the harness says; a rule without a limit violates nothing. */
export const violations: string = either(
  rawRules.map(({ raw, limit, kept }) => `((${raw} unless ${kept})\n  and on () ${limit})`),
);

/** The same, one series per rule. */
export const violatedRules: string = either(
  rawRules.map(
    ({ rule, raw, limit, kept }) =>
      `label_replace(\n  count by (arm) ((${raw} unless ${kept})\n    and on () ${limit}),\n  "rule", "${rule}", "", "")`,
  ),
);

const success = ofCandidate('flipgate_run_last_success_timestamp_seconds');

/** 1 where every raw series is there, fresh and within its limit; else 0. */
export const rawExpression: string = either([
  block(
    proved('vector(1)', [
      ...oneFresh(success, maxAge[gate]),
      ...rawRules.map(({ raw, kept }) => `(count(${raw})\n  == count(${kept}))`),
    ]),
  ),
  'vector(0)',
]);
