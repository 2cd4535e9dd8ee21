import { noise } from '../../src/statistics/limit.ts';
import { defaultGates, type StatisticRule } from '../../src/gates/rules.ts';
import { block, either, oneFresh, proved, series } from './promql.ts';
import { arms, maxAge } from './settings.ts';

const gate = 'acceptance';
const arm = arms.candidate;

/** The series that a rule of the acceptance gate rests on. */
const rawSeries: Readonly<Record<string, string>> = {
  semantic_distance: series('flipgate_semantic_distance_ratio', {
    arm,
    between: 'question_retrieved',
    stat: 'worst_phrasing',
  }),
  coverage: series('flipgate_coverage_ratio', { arm, stat: 'mean' }),
  lambda_convergence: series('flipgate_lambda_convergence_ratio', { arm, seed: '!=all' }),
  error_rate: series('flipgate_error_ratio', { arm }),
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
  const limit = series('flipgate_gate_rule_limit', { gate, arm, rule });
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
      `label_replace(\n  count((${raw} unless ${kept})\n    and on () ${limit}),\n  "rule", "${rule}", "", "")`,
  ),
);

const success = series('flipgate_run_last_success_timestamp_seconds', { arm });

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
