import { describe, expect, test } from 'vitest';
import { exitCodes, UserError } from '../../../src/base/errors.ts';
import { policyOf, type Policy } from '../../../src/gates/policy.ts';
import { gateSchema, type GateSettings } from '../../../src/gates/schema.ts';

type Rules = NonNullable<GateSettings['rules']>;
const acceptance = (rules: Rules = {}): Policy => policyOf('acceptance', { rules });

function mistake(make: () => unknown): UserError {
  try {
    make();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('the acceptance gate is as the specification has it', () => {
  const shown = policyOf('acceptance', undefined).rules.map((rule) =>
    rule.kind === 'statistic'
      ? [
          rule.name,
          rule.statistic,
          rule.comparing,
          rule.direction,
          rule.limit,
          rule.evidence,
          rule.minQuestions,
          rule.maxMissing,
        ].join(' ')
      : [rule.name, ...('limit' in rule ? [rule.limit, rule.maxAgeSeconds] : [])]
          .filter((part) => part !== undefined)
          .join(' '),
  );
  expect(shown).toEqual([
    'semantic_distance semantic_distance.question_retrieved.worst_phrasing candidate at_most 0.45 balanced 20 0.02',
    'coverage coverage.mean candidate at_least 0.7 balanced 20 0.02',
    'lambda_convergence lambda.convergence.worst_seed candidate at_least 0.8 balanced 20 0.02',
    'lambda_flip_increase lambda.flip.all difference at_most 0.05 balanced 20 0.02',
    'latency_p95 latency.total.p95 ratio at_most 1.15 balanced 20 0.02',
    'error_rate error_rate candidate at_most 0.005 balanced 20 0.02',
    'answer_distance_increase semantic_distance.answer_anchor.mean difference at_most 0.1 balanced 20 0.02',
    'tool_loops tool_loops candidate at_most 0 point 20 0.02',
    'distinct_arms',
    'invariants',
    'rollback_drill 120 86400',
    'would_be_stopped',
  ]);
  const { maxAgeSeconds, minPlan, gate } = policyOf('acceptance', undefined);
  expect({ maxAgeSeconds, minPlan, gate }).toEqual({
    maxAgeSeconds: 900,
    minPlan: { questions: 'all', paraphrases: 3, seeds: 2 },
    gate: 'acceptance',
  });
});

test('what is written is taken, the rest stays', () => {
  const policy = policyOf('acceptance', {
    maxAgeSeconds: 60,
    minPlan: { seeds: 1 },
    rules: {
      coverage: { limit: 0.8, minQuestions: 5, maxMissing: 0.1, evidence: 'strict', severity: 'warn' },
    },
  });
  expect(policy.minPlan).toEqual({ questions: 'all', paraphrases: 3, seeds: 1 });
  expect(policy.maxAgeSeconds).toBe(60);
  expect(policy.rules[1]).toMatchObject({
    limit: 0.8,
    minQuestions: 5,
    maxMissing: 0.1,
    evidence: 'strict',
    severity: 'warn',
  });
  expect(policy.rules[2]).toMatchObject({ limit: 0.8, evidence: 'balanced', severity: 'decide' });
});

test('rules of your own stand after the known ones, and pass on the better side of their statistic', () => {
  const policy = acceptance({
    my_drift: { statistic: 'semantic_distance.question_retrieved.p95', comparing: 'difference', limit: 0.1 },
    my_p05: { statistic: 'coverage.p05', limit: 0.5 },
  });
  expect(policy.rules.slice(12)).toMatchObject([
    { name: 'my_drift', direction: 'at_most', comparing: 'difference', evidence: 'balanced' },
    { name: 'my_p05', direction: 'at_least', comparing: 'candidate', minQuestions: 20 },
  ]);
});

describe('a policy that contradicts itself is refused', () => {
  const cases: readonly (readonly [name: string, rules: Rules, message: string | RegExp])[] = [
    [
      'an unknown rule',
      { coverag: { limit: 0.5 } },
      'rule "coverag" of gate "acceptance" is not known and names no statistic',
    ],
    [
      'an unknown statistic',
      { mine: { statistic: 'coverage.men', limit: 0.5 } },
      'rule "mine" of gate "acceptance" judges "coverage.men", which is no statistic',
    ],
    ['no limit', { mine: { statistic: 'coverage.mean' } }, 'rule "mine" of gate "acceptance" has no limit'],
    [
      'a key of drills on a statistic',
      { coverage: { pointer: 'p' } },
      'rule "coverage" of gate "acceptance" has "pointer", which means nothing there',
    ],
    [
      'an age on a statistic',
      { coverage: { maxAgeSeconds: 5 } },
      'rule "coverage" of gate "acceptance" has "maxAgeSeconds", which means nothing there',
    ],
    [
      'a limit on a check',
      { invariants: { limit: 1 } },
      'rule "invariants" of gate "acceptance" has "limit", which means nothing there',
    ],
    [
      'a pointer on a check',
      { distinct_arms: { pointer: 'p' } },
      'rule "distinct_arms" of gate "acceptance" has "pointer", which means nothing there',
    ],
    ...(['statistic', 'comparing', 'direction', 'evidence', 'minQuestions', 'maxMissing'] as const).map(
      (key) => {
        const value = {
          statistic: 'coverage.mean',
          comparing: 'ratio',
          direction: 'at_most',
          evidence: 'point',
          minQuestions: 1,
          maxMissing: 1,
        }[key];
        return [
          `${key} on a drill`,
          { rollback_drill: { [key]: value } },
          `rule "rollback_drill" of gate "acceptance" has "${key}", which means nothing there`,
        ] as const;
      },
    ),
    [
      'waived and a warning',
      { coverage: { waived: 'not now', severity: 'warn' } },
      'rule "coverage" of gate "acceptance" is both waived and a warning',
    ],
    [
      'another statistic under a known name',
      { coverage: { statistic: 'coverage.p05' } },
      'rule "coverage" of gate "acceptance" judges coverage.mean (candidate, at_least); its statistic cannot be "coverage.p05"',
    ],
    [
      'another comparison under a known name',
      { coverage: { comparing: 'ratio' } },
      /its comparing cannot be "ratio"$/u,
    ],
    [
      'another direction under a known name',
      { coverage: { direction: 'at_most' } },
      /its direction cannot be "at_most"$/u,
    ],
    [
      'a share above 1',
      { coverage: { limit: 70 } },
      'rule "coverage" of gate "acceptance" has the limit 70; coverage.mean lies between 0 and 1',
    ],
    [
      'a share below 0',
      { error_rate: { limit: -0.1 } },
      'rule "error_rate" of gate "acceptance" has the limit -0.1; error_rate lies between 0 and 1',
    ],
    [
      'a ratio of nothing',
      { latency_p95: { limit: 0 } },
      'rule "latency_p95" of gate "acceptance" has the limit 0; a ratio is above 0',
    ],
    [
      'a negative ΔS',
      { semantic_distance: { limit: -0.1 } },
      'rule "semantic_distance" of gate "acceptance" has the limit -0.1; semantic_distance.question_retrieved.worst_phrasing is never below 0',
    ],
  ];

  test.each(cases)('%s', (_, rules, message) => {
    const error = mistake(() => acceptance(rules));
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(exitCodes.usage);
  });

  test('with the name that was meant', () => {
    expect(mistake(() => acceptance({ coverag: {} })).hint).toBe('did you mean "coverage"?');
    expect(mistake(() => acceptance({ mine: { statistic: 'coverage.men', limit: 1 } })).hint).toBe(
      'did you mean "coverage.mean"?',
    );
    expect(mistake(() => policyOf('aceptance', undefined)).message).toBe('gate "aceptance" is not known');
    expect(mistake(() => policyOf('aceptance', undefined)).hint).toBe('did you mean "acceptance"?');
  });

  test('the same value as the default is no contradiction', () => {
    expect(
      acceptance({ coverage: { statistic: 'coverage.mean', comparing: 'candidate', direction: 'at_least' } })
        .rules,
    ).toEqual(acceptance().rules);
  });
});

test('a gate without rules decides nothing', () => {
  expect(mistake(() => policyOf('mine', {})).message).toBe('gate "mine" has no rules');
  expect(mistake(() => policyOf('mine', { rules: {} })).message).toBe('gate "mine" has no rules');
  expect(mistake(() => policyOf('acceptance', {}, { defaults: [] })).message).toBe(
    'gate "acceptance" has no rules',
  );
});

test('a gate of your own has only its rules', () => {
  const policy = policyOf('mine', { rules: { faults: { statistic: 'error_rate', limit: 0.1 } } });
  expect(policy.rules.map(({ name }) => name)).toEqual(['faults']);
});

describe('the hash of a policy', () => {
  const base = policyOf('acceptance', {}).sha256;

  test('is the same for the same rules, written or by default', () => {
    expect(policyOf('acceptance', undefined).sha256).toBe(base);
    expect(acceptance({ coverage: { limit: 0.7 } }).sha256).toBe(base);
    expect(base).toMatch(/^[0-9a-f]{64}$/u);
  });

  test('changes with anything that a rule says', () => {
    const changes: readonly GateSettings[] = [
      { maxAgeSeconds: 901 },
      { minPlan: { questions: 40 } },
      { minPlan: { paraphrases: 2 } },
      { minPlan: { seeds: 1 } },
      ...[
        { limit: 0.71 },
        { evidence: 'strict' as const },
        { minQuestions: 19 },
        { maxMissing: 0.03 },
        { severity: 'warn' as const },
        { waived: 'reason one' },
        { waived: 'reason two' },
      ].map((coverage) => ({ rules: { coverage } })),
      { rules: { rollback_drill: { limit: 119 } } },
      { rules: { rollback_drill: { maxAgeSeconds: 1 } } },
      { rules: { rollback_drill: { pointer: 'main' } } },
      { rules: { mine: { statistic: 'coverage.mean', limit: 0.7 } } },
    ];
    const hashes = changes.map((settings) => policyOf('acceptance', settings).sha256);
    expect(new Set([base, ...hashes]).size).toBe(changes.length + 1);
  });
});

test('the schema takes no unknown key, empty reason, or impossible number', () => {
  const good = {
    maxAgeSeconds: 60,
    minPlan: { questions: 'all' },
    rules: { coverage: { waived: 'why not' } },
  };
  expect(gateSchema.safeParse(good).success).toBe(true);
  for (const bad of [
    { rule: {} },
    { maxAgeSeconds: 0 },
    { maxAgeSeconds: Number.POSITIVE_INFINITY },
    { minPlan: { questions: 0 } },
    { minPlan: { seeds: 0 } },
    { rules: { Coverage: {} } },
    { rules: { coverage: { limits: 1 } } },
    { rules: { coverage: { limit: Number.NaN } } },
    { rules: { coverage: { waived: '  ' } } },
    { rules: { coverage: { minQuestions: 0 } } },
    { rules: { coverage: { maxMissing: 1.1 } } },
    { rules: { coverage: { severity: 'off' } } },
  ])
    expect(gateSchema.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
});
