import { shown } from '../gates/format.ts';
import type { ComparedStatistic } from '../statistics/comparison.ts';

/** A statistic of both arms for people; what is missing is an empty text. */
export interface StatisticRow {
  readonly baseline: string;
  readonly candidate: string;
  /** With its sign. */
  readonly difference: string;
  readonly interval: string;
  readonly n: string;
  /** Where the interval of the difference is on one side of 0. */
  readonly became?: 'worse' | 'better';
}

/** The numbers of a compared statistic, written in its unit. */
export function statisticRow({
  unit,
  better,
  baseline,
  candidate,
  difference,
  interval,
  n,
}: ComparedStatistic): StatisticRow {
  const format = (value: number | undefined): string => (value === undefined ? '' : shown(value, unit));
  const signed = (value: number | undefined): string =>
    `${value !== undefined && value > 0 ? '+' : ''}${format(value)}`;
  const isChanged =
    difference !== undefined && interval !== undefined && (interval[0] > 0 || interval[1] < 0);
  return {
    baseline: format(baseline),
    candidate: format(candidate),
    difference: signed(difference),
    interval: interval === undefined ? '' : `${signed(interval[0])} to ${signed(interval[1])}`,
    n: String(n),
    ...(isChanged && { became: difference > 0 === (better === 'lower') ? 'worse' : 'better' }),
  };
}
