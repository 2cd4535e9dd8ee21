import type { Interval } from '../statistics/interval.ts';
import { within, type Limit } from '../statistics/limit.ts';
import type { EvidenceMode } from '../statistics/resolution.ts';

export interface MeasuredValue {
  readonly value: number;
  readonly interval: Interval | undefined;
}

/** How a rule decides on a value with its 95 % interval (the spec page "gates"); never `pass` for what is no number. */
export function decide(
  { value, interval }: MeasuredValue,
  rule: Limit & { readonly evidence: EvidenceMode },
): 'pass' | 'fail' | 'inconclusive' | 'error' {
  if (!Number.isFinite(value) || !Number.isFinite(rule.limit)) return 'error';
  const passes = within(value, rule);
  if (rule.evidence === 'point') return passes ? 'pass' : 'fail';
  if (interval === undefined || !interval.every(Number.isFinite)) return 'inconclusive';
  const [best, worst] = rule.direction === 'at_most' ? interval : ([interval[1], interval[0]] as const);
  if (passes) return rule.evidence === 'strict' && !within(worst, rule) ? 'inconclusive' : 'pass';
  return within(best, rule) ? 'inconclusive' : 'fail';
}
