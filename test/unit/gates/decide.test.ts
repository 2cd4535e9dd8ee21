import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/gates/decide.ts';
import { within } from '../../../src/statistics/limit.ts';
import { worse, verdictNames, type VerdictName } from '../../../src/gates/verdict.ts';
import type { Interval } from '../../../src/statistics/interval.ts';

const modes = ['balanced', 'strict', 'point'] as const;
const directions = ['at_most', 'at_least'] as const;
type Row = readonly [
  value: number,
  interval: Interval,
  balanced: VerdictName,
  strict: VerdictName,
  point: VerdictName,
];

/** With the limit 0.5, for `at_most`; mirrored at the limit for `at_least`. */
const table: readonly Row[] = [
  [0.3, [0.2, 0.4], 'pass', 'pass', 'pass'],
  [0.3, [0.2, 0.5], 'pass', 'pass', 'pass'],
  [0.3, [0.2, 0.6], 'pass', 'inconclusive', 'pass'],
  [0.5, [0.4, 0.6], 'pass', 'inconclusive', 'pass'],
  [0.5, [0.5, 0.5], 'pass', 'pass', 'pass'],
  [0.6, [0.4, 0.8], 'inconclusive', 'inconclusive', 'fail'],
  [0.6, [0.5, 0.8], 'inconclusive', 'inconclusive', 'fail'],
  [0.6, [0.55, 0.8], 'fail', 'fail', 'fail'],
];

describe.each(directions)('a limit that is met %s', (direction) => {
  const mirrored = (value: number): number => (direction === 'at_most' ? value : 1 - value);
  test.each(table)(
    'the value %d with %j: balanced %s, strict %s, point %s',
    (value, [low, high], ...expected) => {
      const ends = [mirrored(low), mirrored(high)].sort((a, b) => a - b);
      const interval: Interval = [ends[0] ?? 0, ends[1] ?? 0];
      const found = modes.map((evidence) =>
        decide({ value: mirrored(value), interval }, { limit: 0.5, direction, evidence }),
      );
      expect(found).toEqual(expected);
    },
  );

  test.each(modes)('what is no number never passes (%s)', (evidence) => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(decide({ value: odd, interval: [0, 0] }, { limit: 0.5, direction, evidence })).toBe('error');
      expect(decide({ value: 0.5, interval: [0.5, 0.5] }, { limit: odd, direction, evidence })).toBe('error');
    }
  });

  test.each(['balanced', 'strict'] as const)(
    'without a usable interval nothing is decided (%s)',
    (evidence) => {
      const rule = { limit: 0.5, direction, evidence };
      const odd: readonly (Interval | undefined)[] = [
        undefined,
        [Number.NaN, 0.5],
        [0.5, Number.NaN],
        [Number.NEGATIVE_INFINITY, 0.5],
        [0.5, Number.POSITIVE_INFINITY],
      ];
      for (const interval of odd)
        for (const value of [0, 0.5, 1])
          expect(decide({ value, interval }, rule), `${value} ${String(interval)}`).toBe('inconclusive');
    },
  );
});

test('the last bits of a float decide nothing, more does', () => {
  expect(within(0.1 + 0.2, { limit: 0.3, direction: 'at_most' })).toBe(true);
  expect(within(1 - 0.9, { limit: 0.1, direction: 'at_least' })).toBe(true);
  expect(within(0.3 + 1e-8, { limit: 0.3, direction: 'at_most' })).toBe(false);
});

test('a worse value with a worse interval is never decided better', () => {
  const number = fc.integer({ min: -20, max: 20 }).map((hundredths) => hundredths / 100);
  const shifts = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.nat({ max: 20 }));
  fc.assert(
    fc.property(
      fc.tuple(number, number, number),
      shifts,
      fc.constantFrom(...modes),
      (values, added, evidence) => {
        const [low = 0, value = 0, high = 0] = [...values].sort((a, b) => a - b);
        const [a, b, c] = added.map((hundredths) => hundredths / 100) as [number, number, number];
        const rule = { limit: 0, direction: 'at_most', evidence } as const;
        const before = decide({ value, interval: [low, high] }, rule);
        const after = decide({ value: value + a, interval: [low + b, high + c] }, rule);
        expect(worse(before, after)).toBe(after);
      },
    ),
    { numRuns: 10_000, seed: 3 },
  );
});

test('the worse of two verdicts: error, fail, inconclusive, pass', () => {
  expect(verdictNames).toEqual(['pass', 'inconclusive', 'fail', 'error']);
  for (const [better, a] of verdictNames.entries())
    for (const [place, b] of verdictNames.entries()) expect(worse(a, b)).toBe(better >= place ? a : b);
});
