import type { Summary } from '../../scoring/record.ts';
import type { RuleVerdict, Verdict } from '../verdict.ts';

/** The statistics that a run's summary has as they are judged. */
const summarised: Readonly<Record<string, (summary: Summary) => number | undefined>> = {
  'semantic_distance.question_retrieved.worst_phrasing': ({ semantic_distance: distance }) =>
    distance?.question_retrieved?.worst_phrasing,
  'coverage.mean': ({ coverage }) => coverage?.mean,
  'lambda.convergence.worst_seed': ({ lambda }) => smallest(Object.values(lambda?.convergence.by_seed ?? {})),
  'lambda.flip.all': ({ lambda }) => lambda?.flip.all,
  error_rate: ({ error_rate: rate }) => rate,
  server_error_rate: ({ server_error_rate: rate }) => rate,
  tool_loops: ({ tool_loops: loops }) => loops,
};

/** Why a verdict that passes does not hold for a newer run of the same artifact, by that run's own numbers. */
export function contradictionOf(verdict: Verdict, summary: Summary): string | undefined {
  if (verdict.verdict !== 'pass') return undefined;
  for (const rule of verdict.rules) {
    const reason = violated(rule, summary);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function violated(rule: RuleVerdict, summary: Summary): string | undefined {
  const { statistic = '', comparing, limit, direction, verdict, severity } = rule;
  if (comparing !== 'candidate' || limit === undefined || verdict === 'waived' || severity === 'warn')
    return undefined;
  const read = summarised[statistic];
  if (read === undefined) return undefined;
  const value = read(summary);
  if (value === undefined) return `has no ${rule.rule}: judge again`;
  const isWithin = direction === 'at_least' ? value >= limit : value <= limit;
  const side = direction === 'at_least' ? 'below' : 'above';
  return isWithin ? undefined : `its ${rule.rule} ${value} is ${side} ${limit}: judge again`;
}

function smallest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}
