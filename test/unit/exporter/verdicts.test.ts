import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConfiguredSubject } from '../../../src/gates/configured-subject.ts';
import type { RuleVerdict, Verdict } from '../../../src/gates/verdict.ts';
import {
  emptyStore,
  iso,
  noon,
  opened,
  passed,
  runId,
  writeRun,
  writeVerdict,
  type Opening,
} from '../../support/store-files.ts';
import { samplesOf } from './samples.ts';

const configuredGold = (gold: string): ConfiguredSubject => ({
  gold,
  subjectOf: () => ({}),
  isConfigured: () => true,
  choices: { baseline: '', pins: '', plan: '' },
});
const gate = 'flipgate_gate_verdict{gate="acceptance",arm="green"}';
const rule = 'flipgate_gate_rule_verdict{gate="acceptance",arm="green",rule="coverage"}';
const coverage = (verdict: RuleVerdict['verdict']): RuleVerdict => ({
  rule: 'coverage',
  verdict,
  value: 0.5,
  limit: 0.7,
  reason: 'because',
});

async function exported(verdict: object, opening: Opening = {}): Promise<Readonly<Record<string, string>>> {
  const store = await emptyStore();
  await writeRun(store);
  await writeVerdict(store, verdict);
  return samplesOf(opened(store, opening).snapshot());
}

test('a verdict is exported with its rules, its subject and the time of its evidence', async () => {
  const samples = Object.entries(await exported(passed())).filter(([key]) => key.startsWith('flipgate_gate'));
  const info = `artifact="${'a'.repeat(64)}",gold="${'b'.repeat(64)}",embedder="model@sha256:1",policy="${'c'.repeat(64)}"`;
  expect(Object.fromEntries(samples)).toEqual({
    [gate]: '1',
    [rule]: '1',
    'flipgate_gate_rule_value{gate="acceptance",arm="green",rule="coverage"}': '0.83',
    'flipgate_gate_rule_value{gate="acceptance",arm="green",rule="rollback_drill"}': '30',
    'flipgate_gate_rule_limit{gate="acceptance",arm="green",rule="coverage"}': '0.7',
    'flipgate_gate_rule_info{gate="acceptance",arm="green",rule="coverage",direction="at_least",severity="decide"}':
      '1',
    'flipgate_gate_evaluated_timestamp_seconds{gate="acceptance",arm="green"}': String(noon / 1000 + 10),
    [`flipgate_gate_info{gate="acceptance",arm="green",${info}}`]: '1',
  });
});

test.each([
  ['pass', '1'],
  ['inconclusive', '0'],
  ['fail', '-1'],
  ['error', '-1'],
] as const)('%s is %s, for a gate and for a rule', async (verdict, value) => {
  expect(await exported(passed({ verdict, rules: [coverage(verdict)] }))).toMatchObject({
    [gate]: value,
    [rule]: value,
  });
});

test('a rule says in which direction it passes, and whether it only warns', async () => {
  const rules = [
    { ...coverage('fail'), direction: 'at_least', severity: 'warn' },
    { ...coverage('pass'), rule: 'error_rate', direction: 'at_most' },
  ];
  const samples = await exported(passed({ verdict: 'pass', rules }));
  expect(Object.keys(samples).filter((key) => key.startsWith('flipgate_gate_rule_info'))).toEqual([
    'flipgate_gate_rule_info{gate="acceptance",arm="green",rule="coverage",direction="at_least",severity="warn"}',
    'flipgate_gate_rule_info{gate="acceptance",arm="green",rule="error_rate",direction="at_most",severity="decide"}',
  ]);
});

test('an error shows no value that would look like evidence', async () => {
  const ofRule = 'flipgate_gate_rule_value{gate="acceptance",arm="green",rule="coverage"}';
  const failed = { verdict: 'fail', rules: [coverage('fail')] };
  expect(await exported(passed(failed))).toMatchObject({ [gate]: '-1', [rule]: '-1', [ofRule]: '0.5' });
  const void_ = await exported(passed(failed), { now: () => noon + 911_000 });
  expect(void_).toMatchObject({ [gate]: '-1', [rule]: '-1' });
  expect(void_).not.toHaveProperty([ofRule]);
  const error = await exported(passed({ verdict: 'error', rules: [coverage('fail')] }));
  expect(error).toMatchObject({ [gate]: '-1', [rule]: '-1' });
  expect(error).not.toHaveProperty([ofRule]);
});

describe('the newest evidence of a watch is', () => {
  const blind = (more: object): object => ({
    rule: 'blind',
    verdict: 'pass',
    value: 25,
    limit: 120,
    reason: 'because',
    ...more,
  });
  const lastSample = async (rules: readonly object[], more: object = {}): Promise<string | undefined> => {
    const store = await emptyStore();
    await writeRun(store);
    await writeVerdict(store, passed({ gate: 'watch', rules, ...more }), 'watch.green');
    const samples = await samplesOf(opened(store).snapshot());
    return samples['flipgate_watch_last_sample_timestamp_seconds{arm="green"}'];
  };
  const judged = noon / 1000 + 60;

  test('as old as its rule blind says, whatever the verdict', async () => {
    expect(await lastSample([blind({})])).toBe(String(judged - 25));
    expect(await lastSample([blind({ value: 130, verdict: 'fail' })], { verdict: 'fail' })).toBe(
      String(judged - 130),
    );
  });

  test('nowhere when no window gave any', async () => {
    expect(
      await lastSample([blind({ value: undefined, verdict: 'fail' })], { verdict: 'fail' }),
    ).toBeUndefined();
    expect(await lastSample([], { verdict: 'error' })).toBeUndefined();
  });

  test('that of the verdict where the rule is waived', async () => {
    expect(await lastSample([coverage('pass'), blind({ verdict: 'waived' })])).toBe(String(noon / 1000 + 10));
  });
});

test('a waived rule has no verdict and no limit', async () => {
  const keys = Object.keys(await exported(passed())).filter((key) => key.includes('rollback_drill'));
  expect(keys).toEqual(['flipgate_gate_rule_value{gate="acceptance",arm="green",rule="rollback_drill"}']);
});

describe('a pass that may not be read is -1, and its rules with it:', () => {
  const expectation = (more: object): Opening => ({ expectations: new Map([['acceptance', more]]) });
  const cases: readonly (readonly [what: string, change: object, opening?: Opening])[] = [
    ['expired', {}, { now: () => noon + 911_000 }],
    ['from the future', {}, { now: () => noon + 59_000 }],
    [
      'of evidence from the future',
      { evidence_at: iso(noon + 10_000_000), expires_at: iso(noon + 20_000_000) },
    ],
    ['older than its policy lets it be', {}, expectation({ maxAgeSeconds: 100 })],
    ['about another gold set', {}, { ...expectation({}), configured: () => configuredGold('d'.repeat(64)) }],
    [
      'about a gold set while the configured one cannot be read',
      {},
      { ...expectation({}), configured: () => configuredGold('unreadable') },
    ],
    ['judged by another policy', {}, expectation({ policy: 'd'.repeat(64) })],
    [
      'without a policy where one is configured',
      { policy: undefined },
      expectation({ policy: 'd'.repeat(64) }),
    ],
    ['against a failed rule', { rules: [coverage('pass'), { ...coverage('fail'), rule: 'error_rate' }] }],
    ['without a rule', { rules: [] }],
    ['with nothing but waived rules', { rules: [coverage('waived')] }],
    ['with nothing but warnings', { rules: [{ ...coverage('pass'), severity: 'warn' }] }],
    ['beside a problem', { problems: [{ code: 'small_plan', verdict: 'inconclusive', reason: 'few' }] }],
    ['without an expiry', { expires_at: undefined }],
    ['without a time of its evidence', { evidence_at: undefined }],
  ];
  test.for(cases)('%s', async ([, change, opening = {}]) => {
    const samples = await exported(passed(change), opening);
    expect(samples[gate]).toBe('-1');
    for (const [key, value] of Object.entries(samples))
      if (key.startsWith('flipgate_gate_rule_verdict')) expect([key, value]).toEqual([key, '-1']);
  });
});

test('the time of the evidence stays what it was when a verdict expires', async () => {
  const samples = await exported(passed(), { now: () => noon + 86_400_000 });
  expect(samples['flipgate_gate_evaluated_timestamp_seconds{gate="acceptance",arm="green"}']).toBe(
    String(noon / 1000 + 10),
  );
});

describe('a newest run that ended otherwise than complete voids the verdict:', () => {
  test.each(['aborted', 'interrupted'] as const)('a newer one that was %s', async (status) => {
    const store = await emptyStore();
    await writeRun(store);
    await writeRun(store, { at: 60, status });
    await writeVerdict(store, passed());
    expect(await samplesOf(opened(store).snapshot())).toMatchObject({ [gate]: '-1', [rule]: '-1' });
    expect(opened(store).verdict({ gate: 'acceptance' })).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining(status),
    });
  });

  test('the one that it rests on', async () => {
    const store = await emptyStore();
    await writeRun(store, { status: 'aborted' });
    await writeVerdict(store, passed());
    expect(opened(store).verdict({ gate: 'acceptance' })).toMatchObject({
      verdict: 'error',
      problems: [{ code: 'superseded' }],
    });
  });

  test('one of the same second with a smaller id', async () => {
    const store = await emptyStore();
    await writeRun(store);
    await writeRun(store, { tail: '000000', status: 'aborted', record: { started_at: iso(noon + 500) } });
    await writeVerdict(store, passed());
    expect(opened(store).verdict({ gate: 'acceptance' })).toMatchObject({
      verdict: 'error',
      problems: [{ code: 'superseded' }],
    });
  });

  test('one whose record is damaged', async () => {
    const store = await emptyStore();
    await writeRun(store);
    await mkdir(path.join(store, runId({ tail: '000000' })));
    await writeFile(path.join(store, runId({ tail: '000000' }), 'run.json'), '{"schema": "flipg');
    await writeVerdict(store, passed());
    expect(opened(store).verdict({ gate: 'acceptance' })).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('damaged'),
    });
  });

  test('but not an older one, and not one that is under way', async () => {
    const store = await emptyStore();
    await writeRun(store, { at: -60, status: 'aborted' });
    await writeRun(store);
    await mkdir(path.join(store, runId({ at: 60 })));
    await writeVerdict(store, passed());
    expect(opened(store).verdict({ gate: 'acceptance' }).verdict).toBe('pass');
  });
});

describe('a file', () => {
  test.each<[what: string, content: object | string]>([
    ['that was cut', '{"schema": "flipgate.verdict/1", "gate": "acceptance", "verd'],
    ['of another program', { results: [] }],
    ['of a newer version', { ...passed(), schema: 'flipgate.verdict/2' }],
    ['of another gate', passed({ gate: 'watch' })],
    ['of another arm', passed({ arm: 'blue' })],
    ['with a verdict that is none', { ...passed(), verdict: 'passed' }],
    ['with rules that are none', { ...passed(), rules: [null] }],
    ['with problems that are text', { ...passed(), problems: 'none' }],
    ['with an expiry that is a number', { ...passed(), expires_at: 99_999_999_999_999 }],
    ['with a value that is text', { ...passed(), rules: [{ ...coverage('pass'), value: '0.83' }] }],
  ])('%s is an error of the gate that it is named after', async (_what, content) => {
    const store = await emptyStore();
    await writeRun(store);
    await mkdir(path.join(store, 'verdicts'));
    await writeFile(
      path.join(store, 'verdicts/acceptance.green.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
    const samples = Object.entries(await samplesOf(opened(store).snapshot())).filter(([key]) =>
      key.startsWith('flipgate_gate'),
    );
    const info =
      'flipgate_gate_info{gate="acceptance",arm="green",artifact="",gold="",embedder="",policy=""}';
    expect(Object.fromEntries(samples)).toEqual({ [gate]: '-1', [info]: '1' });
    expect(opened(store).verdict({ gate: 'acceptance' })).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('acceptance.green.json'),
    });
  });

  test.each([
    'acceptance.green.bak',
    'acceptance.green copy',
    'acceptance',
    '.acceptance.green',
    'Acceptance.green',
  ])('named %j is nobody’s verdict', async (name) => {
    const store = await emptyStore();
    await writeVerdict(store, passed(), name);
    expect(
      Object.keys(await samplesOf(opened(store).snapshot())).filter((key) => key.startsWith('flipgate_gate')),
    ).toEqual([]);
    await writeVerdict(store, passed());
    expect(opened(store).verdict({ gate: 'acceptance' }).verdict).toBe('pass');
  });
});

test('a question about another artifact, or for fresher evidence, is answered with an error', async () => {
  const store = await emptyStore();
  await writeRun(store);
  await writeVerdict(store, passed());
  const source = opened(store);
  const ask = (more: object): Verdict['verdict'] => source.verdict({ gate: 'acceptance', ...more }).verdict;
  expect([
    ask({}),
    ask({ arm: 'green' }),
    ask({ artifact: 'a'.repeat(64) }),
    ask({ maxAgeSeconds: 110 }),
  ]).toEqual(Array(4).fill('pass'));
  expect([ask({ arm: 'blue' }), ask({ artifact: 'b'.repeat(64) }), ask({ maxAgeSeconds: 109 })]).toEqual(
    Array(3).fill('error'),
  );
  expect(source.verdict({ gate: 'watch' })).toMatchObject({
    verdict: 'error',
    reason: 'gate "watch" has not judged arm "green" yet',
  });
});

test('a consumer cannot make a verdict hold longer', async () => {
  const store = await emptyStore();
  await writeVerdict(store, passed());
  const source = opened(store, { now: () => noon + 911_000 });
  expect(source.verdict({ gate: 'acceptance', maxAgeSeconds: 86_400 }).verdict).toBe('error');
});
