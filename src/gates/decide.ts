import type { Interval } from '../statistics/interval.ts';
import type { Direction, EvidenceMode } from '../statistics/resolution.ts';

/** Float noise that no limit is meant to see. */
const noise = 1e-9;

export interface Measured {
  readonly value: number;
  readonly interval: Interval | undefined;
}

/** How a rule decides on a value with its 95 % interval (the spec page "gates"); never `pass` for what is no number. */
export function decide(
  { value, interval }: Measured,
  rule: { readonly limit: number; readonly direction: Direction; readonly evidence: EvidenceMode },
): 'pass' | 'fail' | 'inconclusive' | 'error' {
  if (!Number.isFinite(value) || !Number.isFinite(rule.limit)) return 'error';
  const passes = within(value, rule);
  if (rule.evidence === 'point') return passes ? 'pass' : 'fail';
  if (interval === undefined || !interval.every(Number.isFinite)) return 'inconclusive';
  const [best, worst] = rule.direction === 'at_most' ? interval : ([interval[1], interval[0]] as const);
  if (passes) return rule.evidence === 'strict' && !within(worst, rule) ? 'inconclusive' : 'pass';
  return within(best, rule) ? 'inconclusive' : 'fail';
}

/** Whether a value is on the passing side of the limit. */
export function within(value: number, { limit, direction }: { readonly limit: number; readonly direction: Direction }): boolean {
  return direction === 'at_most' ? value <= limit + noise : value >= limit - noise;
}
