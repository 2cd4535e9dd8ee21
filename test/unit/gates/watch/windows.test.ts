import { expect, test } from 'vitest';
import { policyOf } from '../../../../src/gates/policy.ts';
import type { RuleVerdict } from '../../../../src/gates/verdict.ts';
import { foldWindows } from '../../../../src/gates/watch/windows.ts';
import { contextOf } from '../judging.ts';

const policy = policyOf('watch', undefined);
const names = policy.rules.map(({ name }) => name);

/** The verdicts of one window: all pass but those named. */
function windowOf(others: Readonly<Record<string, Partial<RuleVerdict>>> = {}): readonly RuleVerdict[] {
  return names.map((rule) => ({ rule, verdict: 'pass', reason: rule, n_calls: 320, ...others[rule] }));
}

const fail = { verdict: 'fail' } as const;
const folded = (rule: string, windows: readonly (readonly RuleVerdict[])[]): RuleVerdict | undefined =>
  foldWindows(
    policy,
    windows,
    windows.map(() => contextOf({})),
  ).find((one) => one.rule === rule);

test('the rules of the watch gate and their limits are those of the spec', () => {
  const limits = policy.rules.map((rule) => [
    rule.name,
    'limit' in rule ? rule.limit : undefined,
    rule.severity,
  ]);
  expect(limits).toEqual([
    ['semantic_distance_drift', 0.15, 'decide'],
    ['coverage', 0.6, 'decide'],
    ['lambda_flip_rate', 0.2, 'decide'],
    ['server_error_rate', 0.01, 'decide'],
    ['tool_loop', 0, 'decide'],
    ['latency_p95', 2, 'decide'],
    ['latency_p95_warning', 1.15, 'warn'],
    ['blind', 120, 'decide'],
  ]);
});

test.each(['semantic_distance_drift', 'coverage', 'lambda_flip_rate'])(
  '%s stops after two windows in a row, not after one',
  (rule) => {
    const bad = windowOf({ [rule]: fail });
    expect(folded(rule, [bad])?.verdict).toBe('inconclusive');
    expect(folded(rule, [bad, windowOf()])?.verdict).toBe('pass');
    expect(folded(rule, [bad, windowOf(), bad])?.verdict).toBe('inconclusive');
    expect(folded(rule, [bad, bad])?.verdict).toBe('fail');
  },
);

test('server errors stop at once from 100 calls on, before that after two windows', () => {
  const bad = (n_calls: number): readonly RuleVerdict[] =>
    windowOf({ server_error_rate: { ...fail, n_calls } });
  expect(folded('server_error_rate', [bad(100)])?.verdict).toBe('fail');
  expect(folded('server_error_rate', [bad(99)])?.verdict).toBe('inconclusive');
  expect(folded('server_error_rate', [bad(99), bad(99)])?.verdict).toBe('fail');
});

test('a tool loop stops at once; a slow p95 after three of five windows, with the reason of the last that was', () => {
  expect(folded('tool_loop', [windowOf({ tool_loop: fail })])?.verdict).toBe('fail');
  const slow = windowOf({ latency_p95: { ...fail, reason: 'slow' } });
  expect(folded('latency_p95', [slow, windowOf(), slow])?.verdict).toBe('inconclusive');
  expect(folded('latency_p95', [slow, slow, windowOf(), slow, windowOf()])).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(/^slow; /u),
  });
  expect(folded('latency_p95', [slow, slow, slow, windowOf(), windowOf(), windowOf()])?.verdict).toBe('pass');
});

test('a window without evidence breaks no streak and is blind', () => {
  const bad = windowOf({ coverage: fail });
  const nothing = windowOf({ coverage: { verdict: 'error' } });
  expect(folded('coverage', [bad, nothing, bad])?.verdict).toBe('fail');
  expect(folded('blind', [windowOf()])?.verdict).not.toBe('error');
  expect(folded('blind', [nothing])).toMatchObject({
    verdict: 'fail',
    reason: 'blind: no window gave evidence',
  });
  expect(folded('blind', [windowOf({ coverage: { verdict: 'inconclusive' } })])?.verdict).toBe('fail');
});

test('a warning does not make a window blind', () => {
  const slow = windowOf({ latency_p95_warning: { verdict: 'inconclusive', severity: 'warn' } });
  expect(folded('blind', [slow])?.reason).not.toContain('no window');
});
