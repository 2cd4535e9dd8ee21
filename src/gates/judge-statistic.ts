import { statisticNamed } from '../statistics/catalogue.ts';
import type { Estimator } from '../statistics/estimator.ts';
import type { Evidence } from '../statistics/evidence/evidence.ts';
import { intervalOf, type Interval } from '../statistics/interval.ts';
import { readMissing } from '../statistics/pair.ts';
import { pairedEstimator } from '../statistics/pairing.ts';
import type { StatisticCounts, Statistic } from '../statistics/statistic.ts';
import type { JudgeContext } from './context.ts';
import { decide } from './decide.ts';
import { limitNotes, oracleOf } from './reasons/limit-notes.ts';
import type { PolicyStatisticRule } from './policy.ts';
import { finiteResolution, provenInterval, resolutionOf } from './rule-resolution.ts';
import {
  guardNote,
  reasonAgainstPass,
  reasonNotMeasured,
  seedNote,
  sentence,
} from './reasons/rule-reason.ts';
import { settled, type Judging, type PreparedRule } from './judging.ts';
import { worse, type RuleVerdict } from './verdict.ts';

/** Prepares a rule on a statistic; the verdict comes after the resamples, which all rules share. */
export function prepareStatistic(rule: PolicyStatisticRule, context: JudgeContext): PreparedRule {
  const statistic = statisticNamed(rule.statistic);
  if (statistic === undefined) return settled(rule, 'error', `${rule.statistic} is no statistic`);
  const { baseline } = context;
  if (rule.ofAnswers === true && [context.candidate, baseline].every(hasNoAnswers))
    return settled(rule, 'waived', 'neither arm returns answers');
  if (rule.comparing !== 'candidate' && baseline === undefined)
    return settled(rule, 'inconclusive', 'no baseline to compare with');
  const standing = standingOf(statistic, rule, context);
  const estimators = statistic.readings.map((missing) => estimatorOf(missing, statistic, { rule, context }));
  return {
    estimators: estimators.map(({ resampled }) => resampled),
    judge: (sorted) =>
      judged({
        rule,
        statistic,
        context,
        standing,
        estimators,
        sorted,
        baselineValue: baselineValue(statistic, rule, context),
      }),
  };
}

function hasNoAnswers(evidence: Evidence | undefined): boolean {
  return evidence === undefined || evidence.answerAnchor.every(Number.isNaN);
}

function estimatorOf(
  missing: 'absent' | 'worst',
  statistic: Statistic,
  { rule, context }: { rule: PolicyStatisticRule; context: JudgeContext },
): Estimator {
  const { candidate, baseline } = context;
  const reading = readMissing(missing, timeoutsOf(context));
  if (rule.comparing === 'candidate' || baseline === undefined)
    return statistic.estimate(candidate, reading.candidate);
  return pairedEstimator(statistic, { candidate, baseline }, { comparing: rule.comparing, reading });
}

/** The baseline's own value in the reading that is judged; alone, it is read as the candidate is. */
function baselineValue(
  statistic: Statistic,
  rule: PolicyStatisticRule,
  context: JudgeContext,
): number | undefined {
  if (context.baseline === undefined) return undefined;
  const timeouts = timeoutsOf(context);
  const [missing] = statistic.readings;
  const own = { missing, timeoutSeconds: timeouts.baseline };
  const { value } = statistic.estimate(
    context.baseline,
    rule.comparing === 'candidate' ? own : readMissing(missing, timeouts).baseline,
  );
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function timeoutsOf({ expectations: { candidate, baseline } }: JudgeContext): {
  candidate: number;
  baseline: number;
} {
  return { candidate: candidate.timeoutSeconds, baseline: baseline.timeoutSeconds };
}

/** The poorer standing of the arms that the rule looks at. */
function standingOf(
  statistic: Statistic,
  rule: PolicyStatisticRule,
  { candidate, baseline }: JudgeContext,
): StatisticCounts {
  const own = statistic.standing(candidate);
  if (rule.comparing === 'candidate' || baseline === undefined) return own;
  const other = statistic.standing(baseline);
  return {
    n: Math.min(own.n, other.n),
    n_calls: Math.min(own.n_calls, other.n_calls),
    skipped: Math.max(own.skipped, other.skipped),
    errored: Math.max(own.errored, other.errored),
    missing: Math.max(own.missing, other.missing),
  };
}

function judged(judging: Judging): RuleVerdict {
  const { rule, standing, estimators, sorted } = judging;
  const [first, guard] = estimators.map((estimator, index) =>
    lookAt(estimator, sorted[index] ?? new Float64Array(), judging),
  );
  const base = baseOf(judging);
  const unmeasured = reasonNotMeasured(judging);
  if (unmeasured !== undefined)
    return { ...base, verdict: 'inconclusive', reason: `${rule.name} was not measured: ${unmeasured}` };
  if (first?.value === undefined || standing.n === 0)
    return {
      ...base,
      verdict: 'error',
      reason: `${rule.name}: nothing could be judged (${standing.errored} questions without a value)`,
    };
  return { ...base, ...decided(judging, { value: first.value, interval: first.interval }, guard) };
}

/** What is known of a rule before its value. */
function baseOf({ rule, statistic, standing }: Judging): Omit<RuleVerdict, 'verdict' | 'reason'> {
  return {
    rule: rule.name,
    statistic: rule.statistic,
    comparing: rule.comparing,
    limit: rule.limit,
    direction: rule.direction,
    unit: rule.comparing === 'ratio' ? 'ratio' : statistic.unit,
    evidence: rule.evidence,
    n: standing.n,
    n_calls: standing.n_calls,
    skipped: standing.skipped,
    errored: standing.errored,
  };
}

/** The rule's verdict on a value. `guard`: the same with what is missing at its worst. */
function decided(
  judging: Judging,
  { value, interval }: Look & { readonly value: number },
  guard: Look | undefined,
): Pick<RuleVerdict, 'verdict' | 'reason'> & Partial<RuleVerdict> {
  const { rule, standing, context, baselineValue: before } = judging;
  const oracle = oracleOf(judging);
  const own = decide({ value, interval: provenInterval(judging, value, interval) }, rule);
  const guarded =
    guard === undefined ? own : decide({ value: guard.value ?? Number.NaN, interval: guard.interval }, rule);
  const verdict = worse(own, guarded);
  const against = verdict === 'pass' ? reasonAgainstPass(rule, standing, context) : undefined;
  return {
    value,
    ...(interval && { interval }),
    ...(before !== undefined && { baseline_value: before }),
    ...(oracle !== undefined && { oracle }),
    verdict: against === undefined ? verdict : 'inconclusive',
    ...finiteResolution(interval && resolutionOf(judging, interval, value)),
    reason:
      sentence(judging, { verdict: own, value, interval }) +
      guardNote(own, guarded, guard?.value) +
      seedNote(judging) +
      limitNotes(judging, value) +
      (against ?? ''),
  };
}

interface Look {
  readonly value: number | undefined;
  readonly interval: Interval | undefined;
}

function lookAt({ value }: Estimator, sorted: Float64Array, { rule, statistic, standing }: Judging): Look {
  if (value === undefined || !Number.isFinite(value)) return { value: undefined, interval: undefined };
  const proportion = statistic.proportion && rule.comparing === 'candidate';
  return { value, interval: intervalOf(sorted, { value, proportion, n: standing.n }) };
}
