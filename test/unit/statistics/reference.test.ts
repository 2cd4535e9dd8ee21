import { describe, expect, test } from 'vitest';
import { statisticNamed } from '../../../src/statistics/catalogue.ts';
import { percentileInterval } from '../../../src/statistics/interval.ts';
import type { Estimator } from '../../../src/statistics/estimator.ts';
import { readMissing } from '../../../src/statistics/pair.ts';
import { pairedEstimator } from '../../../src/statistics/pairing.ts';
import { expectClose } from '../scoring/reference/fixtures.ts';
import { orNull, statisticsCases, type Evaluated, type StatisticsCase } from './fixtures.ts';

function statistic(name: string): NonNullable<ReturnType<typeof statisticNamed>> {
  const found = statisticNamed(name);
  if (found === undefined) throw new Error(`no statistic ${name}`);
  return found;
}

function evaluated({ value, resampled }: Estimator, { weights }: StatisticsCase): Evaluated {
  const values = weights.map((one) => resampled(one));
  const sorted = Float64Array.from(values.filter((one) => !Number.isNaN(one))).sort();
  return {
    value: orNull(value),
    resampled: values.map(orNull),
    interval: percentileInterval(sorted) ?? null,
  };
}

describe.each(statisticsCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  for (const missing of ['absent', 'worst'] as const) {
    test(`the candidate's statistics, what is missing ${missing}, on the sample and on every resample`, () => {
      const reading = readMissing(missing, one.timeouts).candidate;
      for (const [name, expected] of Object.entries(one.expected.candidate[missing]))
        expectClose(evaluated(statistic(name).estimate(one.candidate, reading), one), expected, name);
    });

    test(`the candidate beside the baseline, what is missing ${missing} for the candidate`, () => {
      const reading = readMissing(missing, one.timeouts);
      for (const [label, expected] of Object.entries(one.expected.paired[missing])) {
        const [name, comparing] = label.split(' ') as [string, 'difference' | 'ratio'];
        expectClose(
          evaluated(pairedEstimator(statistic(name), one, { comparing, reading }), one),
          expected,
          label,
        );
      }
    });
  }

  test.each(['absent', 'worst', 'best'] as const)(
    "the baseline's statistics, what is missing %s",
    (missing) => {
      for (const [name, expected] of Object.entries(one.expected.baseline[missing])) {
        const { value } = statistic(name).estimate(one.baseline, {
          missing,
          timeoutSeconds: one.timeouts.baseline,
        });
        expectClose(orNull(value), expected, name);
      }
    },
  );
});

test('what is missing shows in every reading of some case', () => {
  const [first] = statisticsCases;
  const coverage = (missing: 'absent' | 'worst'): number | null | undefined =>
    first?.expected.candidate[missing]['coverage.mean']?.value;
  expect(coverage('worst')).toBeLessThan(coverage('absent') ?? 0);
});
