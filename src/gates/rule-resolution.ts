import { isFlat, wilsonInterval, type Interval } from '../statistics/interval.ts';
import { binomialResolution, bootstrapResolution, type Resolution } from '../statistics/resolution.ts';
import type { Judging } from './judging.ts';

/** One rare event gives a bootstrap that is narrower than Wilson's interval of none: what is to be proved has to be within both. */
export function provenInterval(
  { rule, statistic, standing }: Judging,
  value: number,
  interval: Interval | undefined,
): Interval | undefined {
  if (rule.evidence !== 'strict' || statistic.counts !== 'share_of_calls' || interval === undefined)
    return interval;
  const [lower, upper] = wilsonInterval(value, standing.n);
  return [Math.min(lower, interval[0]), Math.max(upper, interval[1])];
}

/** A count of answers is their share times their number. */
function countResolution({ rule, context }: Judging): Resolution {
  const n = context.candidate.shape.cells;
  const share = binomialResolution({
    n,
    limit: rule.limit / n,
    direction: rule.direction,
    evidence: rule.evidence,
  });
  return { resolution: n * share.resolution, fail_resolution: n * share.fail_resolution };
}

/** `undefined` where nothing scattered: that says nothing of how much it can. */
export function resolutionOf(judging: Judging, interval: Interval, value: number): Resolution | undefined {
  const { rule, statistic, standing, context, baselineValue } = judging;
  const { limit, direction, evidence, comparing } = rule;
  const sorted = judging.sorted[0] ?? new Float64Array();
  const alone = comparing === 'candidate';
  if (statistic.counts === 'calls') return countResolution(judging);
  if (isFlat(sorted) && !(statistic.proportion && alone)) return undefined;
  const judgedBy = { limit, direction, evidence };
  if (alone && statistic.counts === 'share_of_calls')
    return binomialResolution({ n: context.candidate.shape.cells, ...judgedBy });
  if (alone && statistic.counts === 'share_of_questions' && isFlat(sorted))
    return binomialResolution({ n: standing.n, ...judgedBy });
  return bootstrapResolution({
    value,
    ...judgedBy,
    interval,
    sorted,
    scale: comparing === 'ratio' ? 'ratio' : statistic.proportion ? 'proportion' : 'constant',
    baseline: comparing === 'difference' ? baselineValue : undefined,
  });
}

/** JSON has no infinity: what no number of calls could prove is left out. */
export function finiteResolution(found: Resolution | undefined): Partial<Resolution> {
  const { resolution = Number.NaN, fail_resolution = Number.NaN } = found ?? {};
  return {
    ...(Number.isFinite(resolution) && { resolution }),
    ...(Number.isFinite(fail_resolution) && { fail_resolution }),
  };
}
