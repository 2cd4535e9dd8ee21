import { expect, test } from 'vitest';
import { sealed } from '../../../../src/base/integrity/sealed.ts';
import type {
  FoundRun,
  JudgedRun,
  NewestRun,
  ValidityContext,
} from '../../../../src/gates/validity/context.ts';
import { isInvalidated, revalidate } from '../../../../src/gates/validity/revalidate.ts';
import type { Verdict } from '../../../../src/gates/verdict.ts';
import { iso, noon, passed, runId, summary } from '../../../support/store-files.ts';

const now = noon + 120_000;
const subject = { address: 'a', gold: 'g', embedder: 'e', scoring: 's', view: 'v' };
const choices = { baseline: 'n', pins: 'i', plan: 'l' };
const blue = runId({ arm: 'blue' });
const [coverage, drill] = passed().rules;
const verdict: Verdict = sealed(
  passed({
    rules: [{ ...coverage, statistic: 'coverage.mean', comparing: 'candidate' }, drill],
    subject: {
      candidate: subject,
      baseline: { ...subject, artifact: 'd' },
      policy: 'c'.repeat(64),
      configured: choices,
    },
    records: { candidate: { sha256: 'r', files: {} }, baseline: { sha256: 'r', files: {} } },
  }),
);

function found(record: Partial<JudgedRun> = {}, more: Partial<FoundRun> = {}): FoundRun {
  const { gold = '', embedder = '', artifact = '' } = verdict;
  return {
    state: 'found',
    sha256: 'r',
    record: {
      id: runId(),
      arm: 'green',
      status: 'complete',
      started_at: iso(noon),
      finished_at: iso(noon + 10_000),
      gold: { sha256: gold, path: 'gold', questions: 4 },
      embedder: { id: embedder, dimensions: 384, pooling: 'mean', window: 256 },
      artifact: { sha256: artifact, complete: true },
      files: {},
      subject,
      ...record,
    },
    ...more,
  };
}

const { embedder: _embedder, ...unscoredRecord } = found().record;
const unscored: FoundRun = { ...found(), record: unscoredRecord };
const baseline = found({ id: blue, arm: 'blue', subject: { ...subject, artifact: 'd' } });
const newest: NewestRun = { id: runId(), status: 'complete', artifact: 'a'.repeat(64), summary };
const configured: NonNullable<ValidityContext['configured']> = {
  gold: 'b'.repeat(64),
  subjectOf: () => subject,
  isConfigured: () => true,
  choices,
};
const holds: ValidityContext = {
  now,
  policy: 'c'.repeat(64),
  configured,
  newest,
  newestBaseline: { id: blue, status: 'complete', artifact: 'd' },
  reported: { candidate: { artifact: 'a'.repeat(64) }, baseline: { artifact: 'd' } },
  runs: { candidate: found(), baseline },
  rollbacks: [],
};
const later = runId({ at: 60 });

const cases: readonly (readonly [code: string, reason: RegExp, change: Partial<ValidityContext>])[] = [
  ['expired', /expired at/u, { now: noon + 3_600_000 }],
  ['expired', /from the future/u, { now: noon + 1000 }],
  ['expired', /a clock was set back/u, { latest: now + 31_000 }],
  ['expired', /a clock was set back/u, { newest: { ...newest, id: runId({ at: 200 }) } }],
  ['expired', /expired at/u, { maxAgeSeconds: 100 }],
  ['other_artifact', /not ffff/u, { artifact: 'f'.repeat(64) }],
  ['silent_arm', /does not report/u, { reported: { candidate: 'silent' } }],
  ['other_artifact', /green reports ffff/u, { reported: { candidate: { artifact: 'f'.repeat(64) } } }],
  ['other_artifact', /blue reports ffff/u, { reported: { baseline: { artifact: 'f'.repeat(64) } } }],
  ['other_policy', /configured is ffff/u, { policy: 'f'.repeat(64) }],
  ['other_gold', /about gold set bbbb/u, { configured: { ...configured, gold: 'f'.repeat(64) } }],
  [
    'other_configuration',
    /\(baseline's name, pins\)/u,
    { configured: { ...configured, choices: { ...choices, baseline: 'm', pins: 'm' } } },
  ],
  [
    'other_configuration',
    /"blue" is not configured/u,
    { configured: { ...configured, isConfigured: (arm) => arm !== 'blue' } },
  ],
  [
    'other_subject',
    /another scoring options of green/u,
    {
      configured: {
        ...configured,
        subjectOf: (arm) => ({ ...subject, ...(arm === 'green' && { scoring: 'x' }) }),
      },
    },
  ],
  [
    'other_subject',
    /another view of blue/u,
    {
      configured: {
        ...configured,
        subjectOf: (arm) => ({ ...subject, ...(arm === 'blue' && { view: 'x' }) }),
      },
    },
  ],
  [
    'barred',
    /was rolled back/u,
    { rollbacks: [{ arm: 'green', artifact: 'a'.repeat(64), at: iso(noon + 90_000) }] },
  ],
  ['superseded', /a newer run, .* is aborted/u, { newest: { id: later, status: 'aborted' } }],
  ['superseded', /a newer run, .* is killed/u, { newest: { id: later, status: 'killed' } }],
  ['superseded', /a newer run, .* is damaged/u, { newest: { id: later, status: 'damaged' } }],
  ['superseded', /rests on, .* is interrupted/u, { newest: { ...newest, status: 'interrupted' } }],
  ['superseded', /is about artifact f/u, { newest: { ...newest, id: later, artifact: 'f' } }],
  [
    'superseded',
    /its coverage 0.5 is below 0.7/u,
    {
      newest: {
        ...newest,
        id: later,
        summary: { ...summary, coverage: { ...summary.coverage!, mean: 0.5 } },
      },
    },
  ],
  [
    'superseded',
    /of the baseline, .* is about artifact f/u,
    { newestBaseline: { id: runId({ arm: 'blue', at: 60 }), status: 'complete', artifact: 'f' } },
  ],
  ['other_record', /not in the store/u, { runs: { candidate: { state: 'missing' }, baseline } }],
  ['other_record', /has not ended/u, { runs: { candidate: { state: 'unfinished' }, baseline } }],
  [
    'other_record',
    /-blue-aaaaaa is not in the store/u,
    { runs: { candidate: found(), baseline: { state: 'missing' } } },
  ],
  ['other_record', /is aborted/u, { runs: { candidate: found({ status: 'aborted' }), baseline } }],
  [
    'other_record',
    /was resumed after/u,
    { runs: { candidate: found({ finished_at: iso(noon + 70_000) }), baseline } },
  ],
  [
    'other_record',
    /was asked gold set f/u,
    { runs: { candidate: found({ gold: { sha256: 'f', path: '', questions: 4 } }), baseline } },
  ],
  ['other_record', /was scored by no embedder/u, { runs: { candidate: unscored, baseline } }],
  [
    'other_record',
    /is about artifact f/u,
    { runs: { candidate: found({ artifact: { sha256: 'f', complete: true } }), baseline } },
  ],
  [
    'other_record',
    /about another scoring options now/u,
    { runs: { candidate: found({ subject: { ...subject, scoring: 'x' } }), baseline } },
  ],
  ['other_record', /is not what was judged/u, { runs: { candidate: found({}, { sha256: 'x' }), baseline } }],
  ['damaged_record', /cut/u, { runs: { candidate: { state: 'damaged', reason: 'cut' }, baseline } }],
  ['damaged_record', /edited/u, { runs: { candidate: found({}, { damage: 'edited' }), baseline } }],
  ['unfinished_judging', /was killed/u, { unfinished: 'was killed' }],
];

test('where nothing has changed, a verdict is read as it is', () => {
  expect(revalidate(verdict, holds)).toBe(verdict);
});

test.each(cases)('%s: %s', (code, reason, change) => {
  const read = revalidate(verdict, { ...holds, ...change });
  expect(read).toMatchObject({ verdict: 'error', reason: expect.stringMatching(reason) });
  expect(read.problems?.map((problem) => problem.code)).toEqual([code]);
  expect(read.rules.map((rule) => rule.verdict)).toEqual(['error', 'waived']);
  expect(isInvalidated(read)).toBe(true);
  expect(read.integrity).toBeUndefined();
});

const other: readonly (readonly [code: string, what: string, verdict: Verdict])[] = [
  ['edited', 'a rule was', { ...verdict, rules: [{ ...verdict.rules[0]!, value: 1 }] }],
  [
    'contradictory',
    'a rule fails',
    sealed({ ...verdict, rules: [{ ...verdict.rules[0]!, verdict: 'fail' }] }),
  ],
  ['contradictory', 'no rule is left', sealed({ ...verdict, rules: [verdict.rules[1]!] })],
  [
    'contradictory',
    'a problem stands in it',
    sealed({ ...verdict, problems: [{ code: 'x', verdict: 'inconclusive', reason: 'x' }] }),
  ],
];

test.each(other)('%s: %s', (code, _what, changed) => {
  const read = revalidate(changed, holds);
  expect(read.verdict).toBe('error');
  expect(read.problems?.at(-1)?.code).toBe(code);
  expect(isInvalidated(read)).toBe(true);
});

test('what is not known is not held against it', () => {
  expect(revalidate(verdict, { now })).toBe(verdict);
});

test.each<[string, Partial<ValidityContext>]>([
  ['an older run of the arm failed', { newest: { id: runId({ at: -60 }), status: 'aborted' } }],
  ['a newer, healthy run of the artifact was not judged', { newest: { ...newest, id: later } }],
  [
    "an older run of the baseline's was another artifact",
    { newestBaseline: { id: runId({ arm: 'blue', at: -60 }), status: 'complete', artifact: 'f' } },
  ],
  [
    'a newer run of the baseline was aborted',
    { newestBaseline: { id: runId({ arm: 'blue', at: 60 }), status: 'aborted' } },
  ],
  ['the clock of another machine is a little behind', { latest: now + 29_000 }],
  ['the baseline is silent', { reported: { baseline: 'silent' } }],
  ['another arm was rolled back', { rollbacks: [{ arm: 'violet', at: iso(noon + 90_000) }] }],
])('it holds where %s', (_, change) => {
  expect(revalidate(verdict, { ...holds, ...change })).toBe(verdict);
});
