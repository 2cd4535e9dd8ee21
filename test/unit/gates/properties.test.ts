import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/gates/judge.ts';
import { worse, type RuleVerdict, type Verdict } from '../../../src/gates/verdict.ts';
import { stateCodes, type Evidence } from '../../../src/statistics/evidence/evidence.ts';
import { wilsonInterval } from '../../../src/statistics/interval.ts';
import {
  bothArms,
  evidenceFrom,
  perQuestion,
  timeoutSeconds,
  withFault,
  type BothArms,
} from './arbitrary-runs.ts';
import { judgedStatistics, readAtWorst } from './judged-statistics.ts';
import { acceptance, contextOf, expectation } from './judging.ts';
import { propertyRuns } from './property-runs.ts';

/** Few, so that many cases can be judged: the properties hold for any number. */
const resamples = 60;
const timed = { ...expectation, timeoutSeconds };
const statisticRules = acceptance().rules.flatMap((rule) => (rule.kind === 'statistic' ? [rule.name] : []));
const everyStatistic = (settings: object): ReturnType<typeof acceptance> =>
  acceptance({
    minPlan: { questions: 1, paraphrases: 1, seeds: 2 },
    rules: Object.fromEntries(
      statisticRules.map((name) => [name, { minQuestions: 1, maxMissing: 1, ...settings }]),
    ),
  });
const policies = [everyStatistic({}), everyStatistic({ evidence: 'point' })];

interface Arms {
  readonly candidate: Evidence;
  readonly baseline: Evidence;
}

const armsOf = ({ candidate, baseline }: BothArms): Arms => ({
  candidate: evidenceFrom(candidate),
  baseline: evidenceFrom(baseline, { arm: 'blue' }),
});

function verdicts(arms: Arms): readonly Verdict[] {
  return policies.map((policy) =>
    judge(
      policy,
      contextOf(
        { questions: 1 },
        { ...arms, resamples, expectations: { candidate: timed, baseline: timed } },
      ),
    ),
  );
}

/**
 * No rule's verdict becomes better, nor the gate's. One exception is inherent in Wilson's interval for a proportion without scatter, which is wider:
 * where it comes in, a fail can become inconclusive.
 */
function expectNoBetter(before: readonly Verdict[], after: readonly Verdict[]): void {
  for (const [index, verdict] of before.entries()) {
    const later = after[index]?.rules ?? [];
    const widened = verdict.rules
      .filter((rule, place) => becameWilson(rule, later[place]))
      .map(({ rule }) => rule);
    for (const [place, rule] of verdict.rules.entries())
      expectRuleNoBetter(rule, later[place], widened.includes(rule.rule));
    const gate = after[index]?.verdict ?? 'pass';
    if (widened.length === 0) expect(worse(verdict.verdict, gate)).toBe(gate);
    else if (verdict.verdict !== 'pass') expect(gate).not.toBe('pass');
  }
}

function expectRuleNoBetter(before: RuleVerdict, after: RuleVerdict | undefined, widened: boolean): void {
  if (before.verdict === 'waived' || after?.verdict === 'waived') return;
  const later = after?.verdict ?? 'pass';
  if (widened && before.verdict === 'fail' && later === 'inconclusive') return;
  expect(worse(before.verdict, later), `${before.reason}; then ${after?.reason}`).toBe(later);
}

function becameWilson(before: RuleVerdict, after: RuleVerdict | undefined): boolean {
  return !hasWilson(before) && after !== undefined && hasWilson(after);
}

function hasWilson({ value, interval, n }: RuleVerdict): boolean {
  if (value === undefined || interval === undefined || n === undefined || n === 0) return false;
  return (
    Math.abs(wilsonInterval(value, n)[0] - interval[0]) < 1e-12 &&
    Math.abs(wilsonInterval(value, n)[1] - interval[1]) < 1e-12
  );
}

type Worsening = (evidence: Evidence, cell: number, by: number) => void;

/** Changes one call of a candidate for the worse; `by` is between 0 and 1. */
const worsenings: Readonly<Record<string, Worsening>> = {
  'a larger ΔS': ({ questionRetrieved: column }, cell, by) =>
    (column[cell] = Math.min(1, (column[cell] ?? 0) + by)),
  'less coverage': ({ coverage: column }, cell, by) => (column[cell] = Math.max(0, (column[cell] ?? 0) - by)),
  'a longer latency': ({ latency }, cell, by) =>
    (latency.total[cell] = Math.min(timeoutSeconds, (latency.total[cell] ?? 0) + 4 * by)),
  'a tool loop': ({ toolLoop, faulted }, cell) => (toolLoop[cell] = faulted[cell] === 1 ? 0 : 1),
  'a call of a convergent question that is backward': ({ states, lambda }, cell) => {
    const first = cell - (cell % perQuestion);
    const convergent = states
      .subarray(first, first + perQuestion)
      .every((state) => state === stateCodes.convergent);
    if (convergent && lambda[first / perQuestion] === 1) states[cell] = stateCodes.backward;
  },
};

const place = fc.nat({ max: 999 });
const amount = fc.integer({ min: 1, max: 20 }).map((twentieths) => twentieths / 20);
const draws = fc.array(fc.array(place, { minLength: 6, maxLength: 6 }), { minLength: 3, maxLength: 3 });

function expectStatisticsNoBetter(before: Arms, after: Arms, drawn: readonly (readonly number[])[]): void {
  const earlier = readAtWorst(before, drawn);
  for (const [index, later] of readAtWorst(after, drawn).entries()) {
    const { name, better } = judgedStatistics[index] ?? judgedStatistics[0];
    for (const [draw, value] of later.entries()) {
      const was = earlier[index]?.[draw] ?? Number.NaN;
      const isBetter = better === 'lower' ? value < was - 1e-12 : value > was + 1e-12;
      const appeared = Number.isNaN(was) && !Number.isNaN(value);
      if (isBetter || appeared) throw new Error(`${name}: ${was}, then ${value}`);
    }
  }
}

describe.each(Object.entries(worsenings))('%s of the candidate', (_, worsen) => {
  const worsened = (both: BothArms, at: number, by: number): Arms => {
    const arms = armsOf(both);
    worsen(arms.candidate, at % arms.candidate.shape.cells, by);
    return arms;
  };

  test('makes no statistic of a rule better, on the sample or on a resample', () => {
    const property = fc.property(bothArms, fc.tuple(place, amount), draws, (both, [at, by], drawn) =>
      expectStatisticsNoBetter(armsOf(both), worsened(both, at, by), drawn),
    );
    fc.assert(property, { numRuns: propertyRuns, seed: 4 });
  });

  test('makes no verdict better', () => {
    const property = fc.property(bothArms, place, amount, (both, at, by) =>
      expectNoBetter(verdicts(armsOf(both)), verdicts(worsened(both, at, by))),
    );
    fc.assert(property, { numRuns: propertyRuns, seed: 5 });
  }, 120_000);
});

describe('an answer of the candidate that becomes a fault', () => {
  test('makes no statistic of a rule better, on the sample or on a resample', () => {
    const property = fc.property(bothArms, place, draws, (both, at, drawn) =>
      expectStatisticsNoBetter(armsOf(both), armsOf(withFault(both, at)), drawn),
    );
    fc.assert(property, { numRuns: propertyRuns, seed: 6 });
  }, 60_000);

  test('makes no verdict better', () => {
    const property = fc.property(bothArms, place, (both, at) =>
      expectNoBetter(verdicts(armsOf(both)), verdicts(armsOf(withFault(both, at)))),
    );
    fc.assert(property, { numRuns: propertyRuns, seed: 7 });
  }, 240_000);
});

describe('the order of calls', () => {
  const close = (a: Verdict, b: Verdict): void => {
    expect(b.rules.map(({ verdict }) => verdict)).toEqual(a.rules.map(({ verdict }) => verdict));
    for (const [index, { value }] of a.rules.entries())
      if (value !== undefined) expect(b.rules[index]?.value).toBeCloseTo(value, 9);
  };

  test('of the seeds has no influence', () => {
    const swapped = ({ candidate, baseline }: BothArms): BothArms => {
      const swap = (questions: BothArms['candidate']): BothArms['candidate'] =>
        questions.map(({ kind, calls }) => ({
          kind,
          calls: [1, 0, 3, 2].flatMap((index) => calls[index] ?? []),
        }));
      return { candidate: swap(candidate), baseline: swap(baseline) };
    };
    const property = fc.property(bothArms, (both) => {
      const after = verdicts(armsOf(swapped(both)));
      for (const [index, verdict] of verdicts(armsOf(both)).entries())
        close(verdict, after[index] ?? verdict);
    });
    fc.assert(property, { numRuns: propertyRuns, seed: 8 });
  }, 240_000);

  test('of the questions has none on the values', () => {
    const reversed = ({ candidate, baseline }: BothArms): BothArms => ({
      candidate: candidate.toReversed(),
      baseline: baseline.toReversed(),
    });
    const property = fc.property(bothArms, (both) => {
      const [, before] = verdicts(armsOf(both));
      const [, after] = verdicts(armsOf(reversed(both)));
      if (before !== undefined && after !== undefined) close(before, after);
    });
    fc.assert(property, { numRuns: propertyRuns, seed: 9 });
  }, 240_000);
});
