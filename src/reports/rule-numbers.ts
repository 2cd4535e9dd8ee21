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

/** What the columns of a verdict's table mean, for people. */
export const numbersLegend =
  "value: the candidate's; ×: over the baseline's, + or -: minus it. n: questions judged, of those asked (not all have an anchor). " +
  'resolution: the violation that four runs in five would notice.';

/** The numbers of a rule, written in its unit; the baseline's own value is in that of the statistic. */
export function ruleNumbers(rule: RuleVerdict): RuleNumbers {
  const { value, limit, direction, interval, baseline_value, resolution, statistic, comparing } = rule;
  const known = statistic === undefined ? undefined : statisticNamed(statistic)?.unit;
  const unit = known ?? (rule.unit as Unit | undefined); // the judge wrote a unit of ours
  const format = (number: number | undefined, sign = ''): string =>
    number === undefined ? '' : `${sign}${plusOf(number, comparing)}${shown(number, unit, comparing)}`;
  return {
    value: format(value),
    limit: format(limit, direction === 'at_least' ? '≥ ' : '≤ '),
    interval:
      interval === undefined ? '' : `${format(interval[0]).replace(/ ×$/u, '')} to ${format(interval[1])}`,
    baseline: baseline_value === undefined ? '' : shown(baseline_value, unit),
    n: judgedOf(rule),
    // Of a count it is one of answers, which no limit is.
    resolution: resolution === undefined || unit === 'count' ? '' : `±${shown(resolution, unit, comparing)}`,
  };
}

/** A difference shows that it is one. */
function plusOf(value: number, comparing: RuleVerdict['comparing']): string {
  return comparing === 'difference' && value >= 0 ? '+' : '';
}

function judgedOf({ n, skipped = 0, errored = 0 }: RuleVerdict): string {
  if (n === undefined) return '';
  return skipped + errored === 0 ? String(n) : `${n} of ${n + skipped + errored}`;
}
