import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/gates/judge.ts';
import type { GateSettings } from '../../../src/gates/schema.ts';
import type { RuleVerdict } from '../../../src/gates/verdict.ts';
import type { EvidenceOptions } from '../../support/evidence.ts';
import { acceptance, contextOf } from './judging.ts';

const cells = 320;
const all = (value: number | null, but: Readonly<Record<number, number | null>> = {}): (number | null)[] =>
  Array.from({ length: cells }, (_, cell) => (cell in but ? (but[cell] ?? null) : value));

function ruleOf(
  name: string,
  candidate: EvidenceOptions,
  settings: NonNullable<GateSettings['rules']>[string] = {},
): RuleVerdict {
  const found = judge(acceptance({ rules: { [name]: settings } }), contextOf({ candidate })).rules.find(
    ({ rule }) => rule === name,
  );
  if (found === undefined) throw new Error(name);
  return found;
}

describe("a proportion without scatter gets Wilson's interval, which is wider than the bootstrap's", () => {
  test('so that equal coverage just below the limit proves less than coverage that is a little better somewhere', () => {
    expect(ruleOf('coverage', { coverage: all(0.65, { 0: 0.66 }) })).toMatchObject({ verdict: 'fail' });
    expect(ruleOf('coverage', { coverage: all(0.65) })).toMatchObject({
      verdict: 'inconclusive',
      interval: [expect.closeTo(0.495, 3), expect.closeTo(0.779, 3)],
    });
  });

  test('where the last bits of equal means differ, too', () => {
    const fourths = Array.from({ length: cells }, (_, cell) => [0.22, 0.17, 0.69, 0.27][cell % 4] ?? 0);
    expect(ruleOf('coverage', { coverage: fourths })).toMatchObject({
      verdict: 'fail',
      interval: [expect.closeTo(0.211, 3), expect.closeTo(0.492, 3)],
    });
  });

  test('a strict rule on faults is not passed by one fault where it is not by none', () => {
    const strict = { evidence: 'strict', limit: 0.05 } as const;
    const fault = {
      faulted: [1],
      latency: all(0.5, { 0: null }),
      coverage: all(0.9, { 0: null }),
      questionRetrieved: all(0.2, { 0: null }),
    };
    expect(ruleOf('error_rate', {}, strict)).toMatchObject({
      verdict: 'inconclusive',
      interval: [0, expect.closeTo(0.0876, 4)],
    });
    expect(ruleOf('error_rate', fault, strict).verdict).toBe('inconclusive');
  });
});

describe('a latency above the timeout', () => {
  test('is what a call without one took at least', () => {
    const slow = (but: Readonly<Record<number, number | null>>): RuleVerdict =>
      ruleOf('latency_p95', { latency: all(100, but) });
    expect(slow({ 0: null }).value).toBe(slow({}).value);
  });
});

test('a single fault is no tool loop: what is not known of a few calls is left to the rule on errors', () => {
  expect(ruleOf('tool_loops', { faulted: [1] })).toMatchObject({ verdict: 'pass', value: 0 });
  expect(ruleOf('error_rate', { faulted: [1] })).toMatchObject({ verdict: 'pass', value: 1 / 320 });
});

test('many faults leave too much unknown for a pass on tool loops', () => {
  expect(
    ruleOf('tool_loops', { faulted: Array.from({ length: 320 }, (_, cell) => Number(cell % 20 === 0)) }),
  ).toMatchObject({
    verdict: 'inconclusive',
  });
});
