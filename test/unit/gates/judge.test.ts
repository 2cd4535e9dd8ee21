import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/gates/judge.ts';
import type { Verdict } from '../../../src/gates/verdict.ts';
import { finishedAt, goldSha256, repeated } from '../../support/evidence.ts';
import { acceptance, contextOf } from './judging.ts';

const healthy = judge(acceptance(), contextOf());
const ruleOf = (verdict: Verdict, name: string): Verdict['rules'][number] | undefined =>
  verdict.rules.find(({ rule }) => rule === name);

test('a healthy pair passes, its drill waived', () => {
  expect(healthy.verdict).toBe('pass');
  expect(healthy.reason).toBe('all 11 rules pass, rollback_drill waived');
  expect(healthy).not.toHaveProperty('problems');
});

test.each([2, 3, 4, 5, 6])('other noise passes too (%i)', (seed) => {
  expect(judge(acceptance(), contextOf({ seed })).reason).toBe('all 11 rules pass, rollback_drill waived');
});

test('without the waiver the missing drill is inconclusive', () => {
  const { verdict, reason } = judge(acceptance({ rules: { rollback_drill: {} } }), contextOf());
  expect([verdict, reason]).toEqual([
    'inconclusive',
    expect.stringMatching(/^no rollback drill is recorded/u),
  ]);
});

test('a verdict says what it is about, on what it rests, and until when it holds', () => {
  const { candidate, baseline } = contextOf();
  expect(healthy).toMatchObject({
    schema: 'flipgate.verdict/1',
    gate: 'acceptance',
    arm: 'green',
    baseline: 'blue',
    evaluated_at: '2026-03-01T12:01:00.000Z',
    evidence_at: finishedAt,
    expires_at: '2026-03-01T12:15:00.000Z',
    artifact: candidate.record.artifact.sha256,
    gold: goldSha256,
    embedder: candidate.record.embedder?.id,
    policy: acceptance().sha256,
    runs: { candidate: 'run-green', baseline: baseline?.record.id },
  });
});

test('the older of the two runs counts, and who asks can only shorten how long it holds', () => {
  const older = { baseline: { finishedAt: '2026-03-01T11:50:00.000Z' } };
  expect(judge(acceptance(), contextOf(older))).toMatchObject({
    verdict: 'pass',
    expires_at: '2026-03-01T12:05:00.000Z',
  });
  const expires = (maxAgeSeconds: number): string | undefined =>
    judge(acceptance(), contextOf({}, { maxAgeSeconds })).expires_at;
  expect(expires(120)).toBe('2026-03-01T12:02:00.000Z');
  expect(expires(5000)).toBe('2026-03-01T12:15:00.000Z');
});

test('the rules stand in the order of the policy, own ones last', () => {
  const policy = acceptance({ rules: { mine: { statistic: 'coverage.p05', limit: 0.5 } } });
  expect(judge(policy, contextOf()).rules.map(({ rule }) => rule)).toEqual(
    policy.rules.map(({ name }) => name),
  );
  expect(policy.rules.at(-1)?.name).toBe('mine');
});

test('a rule shows its arithmetic', () => {
  expect(ruleOf(healthy, 'coverage')).toMatchObject({
    verdict: 'pass',
    limit: 0.7,
    direction: 'at_least',
    unit: 'ratio',
    evidence: 'balanced',
    n: 40,
    n_calls: 320,
    skipped: 0,
    errored: 0,
    value: expect.closeTo(0.9, 2),
    interval: [expect.closeTo(0.892, 2), expect.closeTo(0.907, 2)],
    baseline_value: expect.closeTo(0.9, 2),
    resolution: expect.any(Number),
    fail_resolution: expect.any(Number),
    reason: expect.stringMatching(
      /^coverage 0\.\d+ is at least 0\.7 \(95 % interval 0\.\d+ to 0\.\d+, 40 questions\)$/u,
    ),
  });
});

test('nothing in a verdict is NaN or infinite: it survives JSON', () => {
  for (const options of [{}, { candidate: { coverage: [], latency: [] } }, { questions: 1 }])
    for (const verdict of [judge(acceptance(), contextOf(options))])
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(JSON.parse(JSON.stringify(verdict, finiteOnly)));
});

function finiteOnly(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${key} is ${value}`);
  return value;
}

test('the same evidence gives the same verdict', () => {
  expect(judge(acceptance(), contextOf())).toEqual(healthy);
});

describe('waivers and warnings', () => {
  const bad = { candidate: { coverage: repeated(320, 0.3) } };
  const would_be_stopped = { waived: 'the watch has a gap too' };

  test('a waived rule is shown with its reason and not counted', () => {
    const verdict = judge(
      acceptance({ rules: { coverage: { waived: 'known gap' }, would_be_stopped } }),
      contextOf(bad),
    );
    expect(verdict).toMatchObject({
      verdict: 'pass',
      reason: 'all 9 rules pass, coverage, rollback_drill, would_be_stopped waived',
    });
    expect(ruleOf(verdict, 'coverage')).toEqual({
      rule: 'coverage',
      verdict: 'waived',
      reason: 'waived: known gap',
    });
  });

  test('a warning is judged and shown and not counted', () => {
    const verdict = judge(
      acceptance({ rules: { coverage: { severity: 'warn' }, would_be_stopped } }),
      contextOf(bad),
    );
    expect(verdict.verdict).toBe('pass');
    expect(ruleOf(verdict, 'coverage')).toMatchObject({
      verdict: 'fail',
      severity: 'warn',
      value: expect.closeTo(0.3, 9),
    });
    expect(verdict.reason).toContain('; warning: coverage (fail)');
  });

  test('without either it fails', () => {
    const verdict = judge(acceptance({ rules: { would_be_stopped } }), contextOf(bad));
    expect(verdict).toMatchObject({ verdict: 'fail', reason: ruleOf(verdict, 'coverage')?.reason });
  });
});

test('the reason is that of a worst rule or problem, and says how many more there are', () => {
  const verdict = judge(
    acceptance(),
    contextOf({ candidate: { coverage: [], toolLoop: [1] } }, { wantedArtifact: 'f'.repeat(64) }),
  );
  expect(verdict.verdict).toBe('error');
  expect(verdict.reason).toMatch(
    /^the run of green is about artifact [0-9a-f]{12}, asked for was f{12} \(and 2 more\)$/u,
  );
  expect(verdict.problems?.map(({ code }) => code)).toEqual(['other_artifact']);
});

test('a rule whose statistic there is not is an error, and the others are judged', () => {
  const policy = acceptance();
  const rules = policy.rules.map((rule) =>
    rule.kind === 'statistic' && rule.name === 'coverage' ? { ...rule, statistic: 'none' } : rule,
  );
  const verdict = judge({ ...policy, rules }, contextOf());
  expect([verdict.verdict, ruleOf(verdict, 'coverage')?.reason]).toEqual([
    'error',
    'coverage: none is no statistic',
  ]);
  expect(ruleOf(verdict, 'semantic_distance')?.verdict).toBe('pass');
});

test('a run that was not measured on all that it answered says so, whatever the verdict', () => {
  const findings = [
    { code: 'text_shortened', count: 12 },
    { code: 'version_missing', field: 'INDEX_HASH', count: 3 },
  ];
  const verdict = judge(acceptance(), contextOf({ baseline: { record: { findings } } }));
  expect([verdict.verdict, verdict.reason]).toEqual([
    'pass',
    'all 11 rules pass, rollback_drill waived; warning: 12 calls of blue have texts of which only the beginning is embedded (text_shortened)',
  ]);
});
