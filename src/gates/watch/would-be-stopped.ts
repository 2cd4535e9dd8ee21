import { statisticNamed } from '../../statistics/catalogue.ts';
import type { JudgeContext } from '../context.ts';
import { shown } from '../format.ts';
import { prepareStatistic } from '../judge-statistic.ts';
import type { PreparedRule } from '../judging.ts';
import type { PolicyPreflightRule } from '../policy.ts';
import type { RuleVerdict } from '../verdict.ts';

/**
 * Asks the rules of the watch gate about the run, as of a single window: what they would roll back is not to go live. What they leave undecided
 * fails nothing here; where they decide nothing at all, that is no pass.
 */
export function prepareWouldBeStopped(rule: PolicyPreflightRule, context: JudgeContext): PreparedRule {
  const stops = rule.stops.map((stop) => {
    const { estimators, judge } = prepareStatistic(stop, context);
    // A rule that looks at the value alone needs no resamples, and they are what judging costs.
    return { estimators: stop.evidence === 'point' ? [] : estimators, judge };
  });
  return {
    estimators: stops.flatMap(({ estimators }) => estimators),
    judge(sorted) {
      let first = 0;
      const verdicts = stops.map(({ estimators, judge }) => {
        const own = sorted.slice(first, first + estimators.length);
        first += estimators.length;
        return judge(own);
      });
      return { rule: rule.name, ...outcomeOf(verdicts) };
    },
  };
}

function outcomeOf(verdicts: readonly RuleVerdict[]): Omit<RuleVerdict, 'rule'> {
  if (verdicts.length === 0)
    return { verdict: 'inconclusive', reason: 'no rule of the watch gate is in force' };
  const ofVerdict = (name: RuleVerdict['verdict']): readonly RuleVerdict[] =>
    verdicts.filter(({ verdict }) => verdict === name);
  const [broken] = ofVerdict('error');
  if (broken !== undefined)
    return { verdict: 'error', reason: `the watch gate could not judge this: ${broken.reason}` };
  const [stop, ...others] = ofVerdict('fail');
  if (stop !== undefined) return stopped(stop, others);
  const undecided = ofVerdict('inconclusive');
  if (undecided.length === verdicts.length)
    return {
      verdict: 'inconclusive',
      reason: `the watch gate could decide nothing: ${undecided[0]?.reason ?? ''}`,
    };
  return {
    verdict: 'pass',
    reason: `none of the ${verdicts.length} rules of the watch gate would stop it${named('; undecided: ', undecided)}`,
  };
}

/** The rule's arithmetic without what resamples show: they are not drawn for most of these rules. */
function stopped(stop: RuleVerdict, others: readonly RuleVerdict[]): Omit<RuleVerdict, 'rule'> {
  const {
    rule,
    interval: _interval,
    resolution: _resolution,
    fail_resolution: _failResolution,
    ...arithmetic
  } = stop;
  const { statistic = '', comparing, value = Number.NaN, limit = Number.NaN, direction } = stop;
  const format = (number: number): string => shown(number, statisticNamed(statistic)?.unit, comparing);
  const relation = direction === 'at_least' ? 'below' : 'above';
  return {
    ...arithmetic,
    reason: `the watch gate would roll this back: ${rule} ${format(value)} is ${relation} ${format(limit)}${named('; also ', others)}`,
  };
}

function named(before: string, verdicts: readonly RuleVerdict[]): string {
  return verdicts.length === 0 ? '' : `${before}${verdicts.map(({ rule }) => rule).join(', ')}`;
}
