import type { Weights } from '../statistics/estimator.ts';
import { statisticNamed, type Standing, type Statistic } from '../statistics/catalogue.ts';
import { intervalOf, wilsonInterval, isFlat, type Interval } from '../statistics/interval.ts';
import type { Formula } from '../statistics/means.ts';
import { pairedFormula, readMissing } from '../statistics/pairing.ts';
import { binomialResolution, bootstrapResolution, type Resolution } from '../statistics/resolution.ts';
import type { JudgeContext } from './context.ts';
import { decide } from './decide.ts';
import { shown } from './format.ts';
import type { PolicyRule } from './policy.ts';
import type { RuleVerdict, VerdictName } from './verdict.ts';
import { worse } from './verdict.ts';

type Rule = Extract<PolicyRule, { kind: 'statistic' }>;

/** A rule that is ready to be judged once its formulas were computed on all resamples. */
export interface PreparedRule {
  /** The statistic as it is defined, and with what is missing read as the worst it can have been. */
  readonly formulas: readonly ((weights: Weights) => number)[];
  /** `sorted`: what each formula gave on the resamples, in ascending order. */
  readonly judge: (sorted: readonly Float64Array[]) => RuleVerdict;
}

/** Prepares a rule on a statistic; the verdict comes after the resamples, which all rules share. */
export function prepareStatistic(rule: Rule, context: JudgeContext): PreparedRule {
  const statistic = statisticNamed(rule.statistic);
  if (statistic === undefined) return settled(rule, 'error', `${rule.statistic} is no statistic`);
  const { baseline } = context;
  if (rule.comparing !== 'candidate' && baseline === undefined) return settled(rule, 'inconclusive', 'no baseline to compare with');
  const standing = standingOf(statistic, rule, context);
  const formulas = formulasOf(statistic, rule, context);
  return {
    formulas: formulas.map(({ resampled }) => resampled),
    judge: (sorted) => judged({ rule, statistic, context, standing, formulas, sorted }),
  };
}

function settled(rule: Rule, verdict: VerdictName, reason: string): PreparedRule {
  const { limit, direction, evidence } = rule;
  return { formulas: [], judge: () => ({ rule: rule.name, verdict, limit, direction, evidence, reason: `${rule.name}: ${reason}` }) };
}

/** λ is judged by its definition first; what was not measured takes the worst value in a second look. */
function formulasOf(statistic: Statistic, rule: Rule, { candidate, baseline, expectations }: JudgeContext): readonly Formula[] {
  const timeouts = { candidate: expectations.candidate.timeoutSeconds, baseline: expectations.baseline.timeoutSeconds };
  const readings = statistic.name.startsWith('lambda.') ? (['absent', 'worst'] as const) : (['worst'] as const);
  return readings.map((missing) => {
    const reading = readMissing(missing, timeouts);
    if (rule.comparing === 'candidate' || baseline === undefined) return statistic.estimate(candidate, reading.candidate);
    return pairedFormula(statistic, { candidate, baseline }, { comparing: rule.comparing, reading });
  });
}

/** The poorer standing of the arms that the rule looks at. */
function standingOf(statistic: Statistic, rule: Rule, { candidate, baseline }: JudgeContext): Standing {
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

interface Judging {
  readonly rule: Rule;
  readonly statistic: Statistic;
  readonly context: JudgeContext;
  readonly standing: Standing;
  readonly formulas: readonly Formula[];
  readonly sorted: readonly Float64Array[];
}

function judged(judging: Judging): RuleVerdict {
  const { rule, statistic, standing, formulas, sorted, context } = judging;
  const looks = formulas.map((formula, index) => lookAt(formula, sorted[index] ?? new Float64Array(), judging));
  const [first, guard] = looks;
  const counted = { n: standing.n, n_calls: standing.n_calls, skipped: standing.skipped, errored: standing.errored };
  const { limit, direction, evidence } = rule;
  const what = { statistic: rule.statistic, comparing: rule.comparing };
  const base = {
    rule: rule.name,
    ...what,
    limit,
    direction,
    unit: rule.comparing === 'ratio' ? 'ratio' : statistic.unit,
    evidence,
    ...counted,
  };
  if (first?.value === undefined || standing.n === 0)
    return { ...base, verdict: 'error', reason: `${rule.name}: nothing could be judged (${standing.errored} questions without a value)` };
  const value = first.value;
  const measured = { ...base, value, ...(first.interval === undefined ? {} : { interval: first.interval }), ...baselineValue(judging) };
  const decided = decide({ value, interval: provenInterval(judging, value, first.interval) }, rule);
  const guarded = guard === undefined ? decided : decide({ value: guard.value ?? Number.NaN, interval: guard.interval }, rule);
  const own = worse(decided, guarded);
  const missing = own === 'pass' ? reasonAgainstPass(rule, standing, context) : undefined;
  return {
    ...measured,
    verdict: missing === undefined ? own : 'inconclusive',
    ...finite(first.interval === undefined ? undefined : resolutionOf(judging, first.interval, value)),
    reason:
      sentence(judging, { verdict: decided, value, interval: first.interval }) +
      guardNote(decided, guarded, guard?.value) +
      seedNote(judging) +
      (missing ?? ''),
  };
}

/** One rare event gives a bootstrap that is narrower than Wilson's interval of none: what is to be proved has to be within both. */
function provenInterval({ rule, statistic, standing }: Judging, value: number, interval: Interval | undefined): Interval | undefined {
  if (rule.evidence !== 'strict' || statistic.counts !== 'calls' || !statistic.proportion || interval === undefined) return interval;
  const [lower, upper] = wilsonInterval(value, standing.n);
  return [Math.min(lower, interval[0]), Math.max(upper, interval[1])];
}

interface Look {
  readonly value: number | undefined;
  readonly interval: Interval | undefined;
}

function lookAt({ value }: Formula, sorted: Float64Array, { rule, statistic, standing }: Judging): Look {
  if (value === undefined || !Number.isFinite(value)) return { value: undefined, interval: undefined };
  const proportion = statistic.proportion && rule.comparing === 'candidate';
  return { value, interval: intervalOf(sorted, { value, proportion, n: standing.n }) };
}

function baselineValue({ rule, statistic, context }: Judging): { baseline_value?: number } {
  const { baseline, expectations } = context;
  if (baseline === undefined) return {};
  const missing = statistic.name.startsWith('lambda.') ? 'absent' : rule.comparing === 'candidate' ? 'worst' : 'best';
  const { value } = statistic.estimate(baseline, { missing, timeoutSeconds: expectations.baseline.timeoutSeconds });
  return value === undefined || !Number.isFinite(value) ? {} : { baseline_value: value };
}

/** Why a pass is not one, if it is not. */
function reasonAgainstPass(rule: Rule, { n, missing }: Standing, { candidate, baseline }: JudgeContext): string | undefined {
  if (rule.oneSession === true && baseline !== undefined && candidate.record.session !== baseline.record.session)
    return '; but the arms were not asked in one session, so that other load or another hour can be the cause';
  if (rule.exempt === true) return undefined;
  if (n < rule.minQuestions) return `; but only ${n} questions could be judged, ${rule.minQuestions} are needed`;
  if (missing > rule.maxMissing) return `; but ${percent(missing)} of its cells have no value, more than ${percent(rule.maxMissing)}`;
  return undefined;
}

function percent(share: number): string {
  return `${shown(100 * share, 'ratio')} %`;
}

/** Seeds that change nothing are no evidence of stability over seeds. */
function seedNote({ statistic, context }: Judging): string {
  const idle = context.candidate.record.findings.some(({ code }) => code === 'seed_without_effect');
  return idle && statistic.name.startsWith('lambda.') ? '; the seeds changed nothing, so they prove nothing' : '';
}

function guardNote(decided: VerdictName, guarded: VerdictName, value: number | undefined): string {
  if (worse(decided, guarded) === decided) return '';
  return `; with what was not measured at its worst it is ${value === undefined ? 'not known' : shown(value, 'ratio')}`;
}

/** A count of answers is their share times their number. */
function countResolution({ rule, context }: Judging): Resolution {
  const n = context.candidate.shape.cells;
  const share = binomialResolution({ n, limit: rule.limit / n, direction: rule.direction, evidence: rule.evidence });
  return { resolution: n * share.resolution, fail_resolution: n * share.fail_resolution };
}

/** `undefined` where nothing scattered: that says nothing of how much it can. */
function resolutionOf(judging: Judging, interval: Interval, value: number): Resolution | undefined {
  const { rule, statistic, standing, sorted, formulas, context } = judging;
  const { limit, direction, evidence, comparing } = rule;
  if (statistic.name === 'tool_loops') return countResolution(judging);
  if (isFlat(sorted[0] ?? []) && !(statistic.proportion && comparing === 'candidate')) return undefined;
  const flat = interval[0] === value && interval[1] === value;
  const ofTrials =
    comparing === 'candidate' && (statistic.counts === 'calls' || (statistic.counts === 'questions' && isFlat(sorted[0] ?? [])));
  if (ofTrials || (flat && statistic.counts === 'calls')) {
    const n = statistic.counts === 'calls' ? context.candidate.shape.cells : standing.n;
    return binomialResolution({ n, limit, direction, evidence });
  }
  return bootstrapResolution({
    value: formulas[0]?.value ?? value,
    limit,
    direction,
    evidence,
    interval,
    sorted: sorted[0] ?? new Float64Array(),
    scale: comparing === 'ratio' ? 'ratio' : statistic.proportion ? 'proportion' : 'constant',
    baseline: comparing === 'difference' ? baselineValue(judging).baseline_value : undefined,
  });
}

/** JSON has no infinity: what no number of calls could prove is left out. */
function finite(found: Resolution | undefined): Partial<Resolution> {
  const { resolution = Number.NaN, fail_resolution = Number.NaN } = found ?? {};
  return {
    ...(Number.isFinite(resolution) && { resolution }),
    ...(Number.isFinite(fail_resolution) && { fail_resolution }),
  };
}

const words = { at_most: { beyond: 'above', within: 'at most' }, at_least: { beyond: 'below', within: 'at least' } } as const;

function sentence(
  { rule, statistic, standing }: Judging,
  look: { verdict: VerdictName; value: number; interval: Interval | undefined },
): string {
  const { comparing, direction, limit, name } = rule;
  const format = (value: number): string => shown(value, statistic.unit, comparing);
  const isBeyond = look.verdict === 'fail' || decide({ value: look.value, interval: undefined }, { ...rule, evidence: 'point' }) === 'fail';
  const relation = isBeyond ? `is ${words[direction].beyond}` : `is ${words[direction].within}`;
  const interval = look.interval === undefined ? '' : `95 % interval ${format(look.interval[0])} to ${format(look.interval[1])}, `;
  const undecided = look.verdict === 'inconclusive' ? ', which is not proved' : '';
  return `${name} ${format(look.value)} ${relation} ${format(limit)}${undecided} (${interval}${standing.n} questions)`;
}
