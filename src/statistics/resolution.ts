import { percentileOfSorted } from '../scoring/percentile.ts';
import { binomialAtMost, binomialQuantile, probabilityFor } from './binomial.ts';
import { isFlat, type Interval } from './interval.ts';
import { within, type Limit } from './limit.ts';

/** How a rule decides: by its value with the interval as a safeguard, only by what the interval proves, or by the value alone. */
export type EvidenceMode = 'balanced' | 'strict' | 'point';

/** How far beyond the limit the truth has to be for a rule to notice, with this much evidence. In the statistic's unit, at least 0. */
export interface Resolution {
  /** The truth would be *not passed* in 80 % of runs. */
  readonly resolution: number;
  /** The truth would be *failed* in 80 % of runs. */
  readonly fail_resolution: number;
}

export interface ResolutionInput extends Limit {
  readonly value: number;
  readonly evidence: EvidenceMode;
  readonly interval: Interval;
  /** Bootstrap values in ascending order. */
  readonly sorted: Float64Array;
  /** How the scatter depends on the truth; `constant` by default. */
  readonly scale?: Scale;
  /** The baseline's value, where the value is the candidate's minus it. */
  readonly baseline?: number | undefined;
}

/** `constant`: not at all. `ratio`: in proportion to it, so that it is constant for the logarithm. `proportion`: its variance as p(1 − p). */
export type Scale = 'constant' | 'ratio' | 'proportion';

/** Share of runs in which a violation as large as the resolution is noticed. */
const power = 0.8;
/** 0.8 quantile of the standard normal distribution over its 0.975 quantile. */
const powerOfHalfWidth = 0.8416212335729143 / 1.959963984540054;

/**
 * Resolution from the bootstrap: it shows how values scatter about the truth, so that the truth whose values lie beyond the limit in 80 % of runs
 * is as far from the limit as the bootstrap's 20 % quantile is from the value (Efron 1979). A flat bootstrap gives way to its interval's width.
 * The scatter seen is that about the value; `scale` says what it is about a truth beyond the limit.
 */
export function bootstrapResolution(input: ResolutionInput): Resolution {
  switch (input.scale ?? 'constant') {
    case 'ratio':
      return ratioResolution(input);
    case 'proportion':
      return proportionResolution(input);
    case 'constant':
      return constantResolution(input);
  }
}

function constantResolution({ value, direction, evidence, interval, sorted }: ResolutionInput): Resolution {
  const sign = direction === 'at_most' ? 1 : -1;
  const quantile = percentileOfSorted(sorted, direction === 'at_most' ? 1 - power : power) ?? value;
  const [lower, upper] = interval;
  const inner = direction === 'at_most' ? value - lower : upper - value;
  const outer = direction === 'at_most' ? upper - value : value - lower;
  const scatter = Math.max(
    0,
    isFlat(sorted) ? ((upper - lower) / 2) * powerOfHalfWidth : sign * (value - quantile),
  );
  return {
    resolution: evidence === 'strict' ? Math.max(0, scatter - outer) : scatter,
    fail_resolution: evidence === 'point' ? scatter : scatter + Math.max(0, inner),
  };
}

/** On the logarithm, where quotients are differences. A ratio that can be 0 has none. */
function ratioResolution(input: ResolutionInput): Resolution {
  const { value, limit, direction, interval, sorted } = input;
  if (Math.min(value, limit, interval[0], sorted[0] ?? value) <= 0) return constantResolution(input);
  const found = constantResolution({
    ...input,
    value: Math.log(value),
    interval: [Math.log(interval[0]), Math.log(interval[1])],
    sorted: sorted.map(Math.log),
  });
  const distance = (log: number): number =>
    direction === 'at_most' ? limit * Math.expm1(log) : -limit * Math.expm1(-log);
  return { resolution: distance(found.resolution), fail_resolution: distance(found.fail_resolution) };
}

/**
 * At the distance d where d² = c·p(1 − p) with p the truth d beyond the limit, and c such that the value itself shows the scatter that was seen:
 * the equation of the score interval (Wilson 1927). A run in which nearly everything is well shows little scatter; at the limit there is more.
 * For a difference the baseline's p(1 − p), which stays, is added on both sides (Mee 1984).
 */
function proportionResolution(input: ResolutionInput): Resolution {
  const { value, limit, direction, baseline = 0 } = input;
  const found = constantResolution(input);
  const atLimit = baseline + limit;
  const seenVariance = variance(baseline) + variance(baseline + value);
  const limitVariance = variance(baseline) + variance(atLimit);
  if (!(Math.min(seenVariance, limitVariance, variance(atLimit)) > 0)) return found;
  const slope = direction === 'at_most' ? 1 - 2 * atLimit : 2 * atLimit - 1;
  const distance = (seen: number): number => {
    const c = (seen * seen) / seenVariance;
    return (c * slope + Math.sqrt((c * slope) ** 2 + 4 * (1 + c) * c * limitVariance)) / (2 * (1 + c));
  };
  return { resolution: distance(found.resolution), fail_resolution: distance(found.fail_resolution) };
}

function variance(proportion: number): number {
  return proportion * (1 - proportion);
}

/** Trials of a proportion that a rule judges. */
export interface Trials extends Limit {
  readonly n: number;
  readonly evidence: EvidenceMode;
}

/**
 * Resolution of a proportion of independent trials, from the binomial distribution at the limit instead of the bootstrap: a proportion that is
 * 0 or 1 in the run would else claim to be exact. `fail_resolution` is infinite where no number of bad trials proves a violation.
 */
export function binomialResolution(trials: Trials): Resolution {
  const bad = badLimit(trials);
  const passing = maxBad(trials, passes);
  const withoutFail = maxBad(trials, (share, given) => !fails(share, given));
  return { resolution: beyond(passing, trials.n, bad), fail_resolution: beyond(withoutFail, trials.n, bad) };
}

/** How far above `bad` the share of bad trials is with which more than `count` of them come up in 80 % of runs. */
function beyond(count: number, n: number, bad: number): number {
  if (count >= n) return Number.POSITIVE_INFINITY;
  return Math.max(0, probabilityFor(count, n, 1 - power) - bad);
}

/** The largest number of bad trials for which a condition holds that holds for fewer too; −1 where it never does. */
function maxBad(trials: Trials, holds: (bad: number, trials: Trials) => boolean): number {
  let [low, high] = [-1, trials.n];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle, trials)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function passes(bad: number, trials: Trials): boolean {
  const { n, evidence } = trials;
  return isWithin(bad, trials) && (evidence !== 'strict' || worstOf(bad, n) / n <= badLimit(trials));
}

function fails(bad: number, trials: Trials): boolean {
  const { n, evidence } = trials;
  return (
    !isWithin(bad, trials) &&
    (evidence === 'point' || binomialQuantile(0.025, n, bad / n) / n > badLimit(trials))
  );
}

/** Whether the share of the trials that the rule sees meets its limit. */
function isWithin(bad: number, trials: Trials): boolean {
  return within(trials.direction === 'at_most' ? bad / trials.n : 1 - bad / trials.n, trials);
}

/** The largest share of bad trials that passes. */
function badLimit({ limit, direction }: Limit): number {
  return direction === 'at_most' ? limit : 1 - limit;
}

function worstOf(bad: number, n: number): number {
  return bad === 0 ? n * (1 - 0.025 ** (1 / n)) : binomialQuantile(0.975, n, bad / n);
}

/** The chance that a rule on a proportion of `n` trials passes although the true share of bad trials is `share`. */
export function chanceOfPass(share: number, trials: Trials): number {
  return binomialAtMost(maxBad(trials, passes), trials.n, share);
}
