import type { FalseAlarms, Misses } from './gate-results.ts';
import { quick } from './processes.ts';
import type { BenchRow } from './row.ts';

/** A share for people. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A row with its bar; with few runs the bar is shown and not judged. */
function row(
  name: string,
  share: number,
  { least = 0, most, note }: { least?: number; most: number; note?: string },
): BenchRow {
  const bar = least === 0 ? `≤ ${percent(most)}` : `${percent(least)} to ${percent(most)}`;
  // Sums of 1/runs carry float noise.
  const ok = quick ? undefined : share >= least - 1e-9 && share <= most + 1e-9;
  return { name, value: percent(share), bar, ok, ...(note === undefined ? {} : { note }) };
}

/** How often healthy arms did not pass, against its bar. */
export function rowsOfAlarms({ model, runs: count, counts }: FalseAlarms): readonly BenchRow[] {
  const gate = counts['gate'] ?? { pass: 0, inconclusive: 0, fail: count, error: 0 };
  const worst = Object.entries(counts)
    .filter(([rule, { pass }]) => rule !== 'gate' && pass < count)
    .map(([rule, { pass }]) => `${rule} ${percent(1 - pass / count)}`);
  const name = `healthy arms, latency ${model}: gate`;
  return [
    row(`${name} fails or errs`, (gate.fail + gate.error) / count, { most: 0.01 }),
    {
      ...row(`${name} does not pass`, 1 - gate.pass / count, { most: 0.1, note: worst.join(', ') }),
      ...(model !== 'a' && { bar: '', ok: undefined }),
    },
  ];
}

/** How often a truth beyond the limit was missed, against what the gate says of itself. */
export function rowsOfMisses({ rule, model, expected, ...found }: Misses): readonly BenchRow[] {
  const name = rule === 'latency_p95' ? `${rule} (${model})` : rule;
  const note = `limit ${found.limit}, resolution ${found.resolution.toFixed(4)}, to fail ${found.failResolution.toFixed(4)}`;
  const near = (share: number): { least: number; most: number } => ({
    least: share - 0.01,
    most: share + 0.01,
  });
  return [
    row(`${name} at its resolution: not passed`, found.notPassed, {
      ...(expected === undefined ? { least: 0.75, most: 0.85 } : near(expected.notPassed)),
      note,
    }),
    row(
      `${name} at three times it: passed`,
      found.passedAtThree,
      expected === undefined ? { most: 0.015 } : near(expected.passedAtThree),
    ),
    row(`${name} at its fail_resolution: failed`, found.failed, { least: 0.7, most: 0.9 }),
  ];
}
