import { binomialAtMost } from '../../statistics/binomial.ts';
import { statisticNamed } from '../../statistics/catalogue.ts';
import { binomialResolution } from '../../statistics/resolution.ts';
import type { Policy, PolicyStatisticRule } from '../policy.ts';

/** What is asked of an arm. */
export interface Sizes {
  readonly questions: number;
  readonly paraphrases: number;
  readonly seeds: number;
}

/** What a healthy arm shows and how it scatters over runs of a size. */
export interface Scatter {
  /** The value of a healthy arm. */
  readonly healthy: number;
  /** Standard deviation over runs of `questions` questions. */
  readonly deviation: number;
  readonly questions: number;
  readonly basis: 'newest runs' | 'assumed';
}

/** What a rule can decide with a plan, and what it takes to decide at all. */
export interface RulePlan {
  readonly rule: string;
  readonly limit: number;
  readonly basis: Scatter['basis'];
  readonly healthy: number;
  /** Distance from the limit at which a violation is not passed in 80 % of runs. */
  readonly resolution: number;
  /** The same for failed; absent where no number of bad calls proves a violation. */
  readonly fail_resolution?: number;
  /** Share of runs in which a healthy arm would not be passed. */
  readonly healthy_not_passed: number;
  /** Whether that share is at most 5 %. */
  readonly decidable: boolean;
  /** Questions with which it would be, at these phrasings and seeds; absent where a healthy arm is beyond the limit. */
  readonly questions_needed?: number;
  readonly note: string;
}

const oneSided95 = 1.6448536269514722;
const power80 = 0.8416212335729143;
const twoSided95 = 1.959963984540054;
const maxQuestions = 1_000_000;

/** What each rule of a gate can decide with a plan. `scatterOf` says what a rule's statistic does on a healthy arm. */
export function planRules(
  policy: Policy,
  sizes: Sizes,
  scatterOf: (rule: PolicyStatisticRule) => Scatter,
): readonly RulePlan[] {
  return policy.rules.flatMap((rule) =>
    rule.kind !== 'statistic' || rule.waived !== undefined ? [] : [planRule(rule, sizes, scatterOf(rule))],
  );
}

function planRule(rule: PolicyStatisticRule, sizes: Sizes, scatter: Scatter): RulePlan {
  return statisticNamed(rule.statistic)?.counts === 'share_of_calls'
    ? planCount(rule, sizes, scatter)
    : planMean(rule, sizes, scatter);
}

function planMean(
  rule: PolicyStatisticRule,
  sizes: Sizes,
  { healthy, deviation, questions, basis }: Scatter,
): RulePlan {
  const now = deviation * Math.sqrt(questions / sizes.questions);
  const room = rule.direction === 'at_most' ? rule.limit - healthy : healthy - rule.limit;
  const notPassed = now === 0 ? Number(room < 0) : upperTail(room / now);
  const scatterNeeds = deviation === 0 ? 0 : Math.ceil(questions * ((oneSided95 * deviation) / room) ** 2);
  const canPass = room > 0 || (room === 0 && deviation === 0);
  const needed = canPass ? Math.max(rule.minQuestions, scatterNeeds) : undefined;
  const few = sizes.questions < rule.minQuestions;
  const decidable = !few && notPassed <= 0.05;
  return {
    rule: rule.name,
    limit: rule.limit,
    basis,
    healthy,
    resolution: power80 * now,
    ...(rule.evidence === 'point' ? {} : { fail_resolution: (power80 + twoSided95) * now }),
    healthy_not_passed: few ? 1 : notPassed,
    decidable,
    ...(needed !== undefined && needed <= maxQuestions && { questions_needed: needed }),
    note: few ? `fewer than ${rule.minQuestions} questions are never a pass` : '',
  };
}

function planCount(rule: PolicyStatisticRule, sizes: Sizes, { healthy, basis }: Scatter): RulePlan {
  const perQuestion = (sizes.paraphrases + 1) * sizes.seeds;
  const calls = sizes.questions * perQuestion;
  const allowed = Math.floor(rule.limit * calls + 1e-9);
  const { limit, direction, evidence } = rule;
  const found = binomialResolution({ n: calls, limit, direction, evidence });
  const notPassed = 1 - binomialAtMost(allowed, calls, healthy);
  const needed = smallestCount(rule.limit, healthy, perQuestion);
  return {
    rule: rule.name,
    limit,
    basis,
    healthy,
    resolution: found.resolution,
    ...(Number.isFinite(found.fail_resolution) && { fail_resolution: found.fail_resolution }),
    healthy_not_passed: notPassed,
    decidable: notPassed <= 0.05,
    ...(needed !== undefined && { questions_needed: needed }),
    note:
      allowed === 0
        ? `with ${calls} calls the limit means "none"`
        : `with ${calls} calls the limit means at most ${allowed}`,
  };
}

function smallestCount(limit: number, healthy: number, perQuestion: number): number | undefined {
  if (healthy >= limit) return undefined;
  for (let questions = 1; questions <= 100_000; questions = Math.ceil(questions * 1.02)) {
    const calls = questions * perQuestion;
    const allowed = Math.floor(limit * calls + 1e-9);
    if (allowed > 0 && 1 - binomialAtMost(allowed, calls, healthy) <= 0.05) return questions;
  }
  return undefined;
}

/** P(Z > x) of the standard normal distribution (Abramowitz and Stegun 7.1.26; within 1e-7). */
function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x);
  const t = 1 / (1 + (0.3275911 * x) / Math.SQRT2);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return (polynomial * Math.exp((-x * x) / 2)) / 2;
}
