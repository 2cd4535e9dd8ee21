import { shown } from '../gates/format.ts';
import type { RuleVerdict } from '../gates/verdict.ts';
import { statisticNamed } from '../statistics/catalogue.ts';
import type { Unit } from '../statistics/evidence/fields.ts';

/** A rule's arithmetic for people; what is missing is an empty text. */
export interface RuleNumbers {
  readonly value: string;
  readonly limit: string;
  readonly interval: string;
  readonly baseline: string;
  readonly n: string;
  readonly resolution: string;
}

/** The numbers of a rule, written in its unit; the baseline's own value is in that of the statistic. */
export function ruleNumbers(rule: RuleVerdict): RuleNumbers {
  const { value, limit, direction, interval, baseline_value, n, resolution, statistic, comparing } = rule;
  const known = statistic === undefined ? undefined : statisticNamed(statistic)?.unit;
  const unit = known ?? (rule.unit as Unit | undefined); // the judge wrote a unit of ours
  const format = (number: number | undefined, sign = ''): string =>
    number === undefined ? '' : `${sign}${shown(number, unit, comparing)}`;
  return {
    value: format(value),
    limit: format(limit, direction === 'at_least' ? '≥ ' : '≤ '),
    interval:
      interval === undefined ? '' : `${format(interval[0]).replace(/ ×$/u, '')} to ${format(interval[1])}`,
    baseline: baseline_value === undefined ? '' : shown(baseline_value, unit),
    n: n === undefined ? '' : String(n),
    resolution: format(resolution, '±'),
  };
}
