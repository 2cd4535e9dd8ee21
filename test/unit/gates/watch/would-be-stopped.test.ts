import { describe, expect, test } from 'vitest';
import type { JudgeContext } from '../../../../src/gates/context.ts';
import { judge } from '../../../../src/gates/judge.ts';
import { policyOf, type Policy } from '../../../../src/gates/policy.ts';
import type { GateSettings } from '../../../../src/gates/schema.ts';
import type { RuleVerdict } from '../../../../src/gates/verdict.ts';
import { repeated, type EvidenceOptions } from '../../../support/evidence.ts';
import { contextOf } from '../judging.ts';

const cells = 320;

function policy(rules: GateSettings['rules'] = {}, watch: GateSettings = {}): Policy {
  const settings = { rules: { rollback_drill: { waived: 'no pointer here' }, ...rules } };
  return policyOf('acceptance', settings, { watch });
}

function judged(
  candidate: EvidenceOptions,
  watch: GateSettings = {},
  more: Partial<JudgeContext> = {},
): RuleVerdict | undefined {
  const { rules } = judge(policy({}, watch), contextOf({ candidate }, more));
  return rules.find(({ rule }) => rule === 'would_be_stopped');
}

describe('a Green that the watch would roll back on these numbers', () => {
  test('fails, and the rule, its value and its limit are named', () => {
    expect(judged({ coverage: repeated(cells, 0.5) })).toMatchObject({
      verdict: 'fail',
      statistic: 'coverage.mean',
      value: 0.5,
      limit: 0.6,
      direction: 'at_least',
      reason: 'the watch gate would roll this back: coverage 0.5 is below 0.6',
    });
  });

  test('fails at once: a single window stands for those that hysteresis waits for', () => {
    expect(judged({ serverError: [1, 1, 1, 1] })).toMatchObject({ verdict: 'fail', value: 0.0125 });
    expect(judged({ latency: repeated(cells, 3) })).toMatchObject({ verdict: 'fail', limit: 2 });
    expect(judged({ toolLoop: [1] })).toMatchObject({ verdict: 'fail', value: 1, limit: 0 });
  });

  test('fails by each rule that would stop it, the others are named too', () => {
    const both = judged({ coverage: repeated(cells, 0.5), questionRetrieved: repeated(cells, 0.9) });
    expect(both?.reason).toMatch(
      /^the watch gate would roll this back: semantic_distance_drift .*; also coverage$/u,
    );
  });

  test('is named last: what broke the gate’s own rules says more', () => {
    const verdict = judge(policy(), contextOf({ candidate: { toolLoop: [1] } }));
    expect(verdict.reason).toMatch(/^tool_loops 1 is above 0 .*\(and 1 more\)$/u);
    const looser = policy({ tool_loops: { waived: 'known' } });
    expect(judge(looser, contextOf({ candidate: { toolLoop: [1] } }))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/^the watch gate would roll this back: tool_loop /u) as string,
    });
  });
});

describe('what the watch would not stop', () => {
  test('passes, and it is said how many rules were asked', () => {
    expect(judged({})).toMatchObject({
      verdict: 'pass',
      reason: 'none of the 6 rules of the watch gate would stop it',
    });
  });

  test('a rule that is waived there stops nothing here', () => {
    const watch = { rules: { coverage: { waived: 'the gold set is harder than the traffic' } } };
    expect(judged({ coverage: repeated(cells, 0.5) }, watch)).toMatchObject({ verdict: 'pass' });
  });

  test('a rule that only warns there stops nothing here', () => {
    expect(
      judged({ coverage: repeated(cells, 0.5) }, { rules: { coverage: { severity: 'warn' } } }),
    ).toMatchObject({
      verdict: 'pass',
    });
    expect(judged({ latency: repeated(cells, 0.8) })).toMatchObject({ verdict: 'pass' });
  });

  test('a rule that is undecided there fails nothing here', () => {
    expect(judged({}, {}, { baseline: undefined })).toMatchObject({
      verdict: 'pass',
      reason:
        'none of the 6 rules of the watch gate would stop it; undecided: semantic_distance_drift, latency_p95',
    });
  });

  test('nothing decided is no pass', () => {
    const few = contextOf({ questions: 10 });
    const rules = { server_error_rate: { waived: 'known' } };
    const verdict = judge(policy({}, { rules }), few).rules.find(({ rule }) => rule === 'would_be_stopped');
    expect(verdict?.verdict).toBe('inconclusive');
    const names = policyOf('watch', undefined).rules.map(({ name }) => name);
    const all = Object.fromEntries(names.map((name) => [name, { waived: 'known' }]));
    expect(judged({}, { rules: all })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'no rule of the watch gate is in force',
    });
  });
});

describe('the configured watch gate', () => {
  test('is the one that is asked: its limits and its own rules', () => {
    const watch = {
      rules: { coverage: { limit: 0.95 }, recall: { statistic: 'coverage.p05', limit: 0.99 } },
    };
    expect(judged({}, watch)?.reason).toMatch(/coverage 0\.\d+ is below 0\.95; also recall$/u);
  });

  test('is part of the policy: another limit there is another policy here', () => {
    const other = policy({}, { rules: { coverage: { limit: 0.5 } } });
    expect(other.sha256).not.toBe(policy().sha256);
    expect(policy({}, { maxAgeSeconds: 60 }).sha256).toBe(policy().sha256);
  });

  test('the rule is waived with a reason as any other, and has no limit of its own', () => {
    const waived = policy({ would_be_stopped: { waived: 'the watch is run by hand' } });
    expect(judge(waived, contextOf({ candidate: { coverage: repeated(cells, 0.5) } })).rules).toContainEqual({
      rule: 'would_be_stopped',
      verdict: 'waived',
      reason: 'waived: the watch is run by hand',
    });
    expect(() => policy({ would_be_stopped: { limit: 1 } })).toThrow(
      /has "limit", which means nothing there/u,
    );
  });
});
