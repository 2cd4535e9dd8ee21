import { describe, expect, test } from 'vitest';
import { sealed } from '../../../src/base/integrity/sealed.ts';
import { barredReason, type RolledBack } from '../../../src/gates/barred.ts';
import { judge } from '../../../src/gates/judge.ts';
import { policyOf } from '../../../src/gates/policy.ts';
import { isInvalidated, revalidate } from '../../../src/gates/validity/revalidate.ts';
import type { Verdict } from '../../../src/gates/verdict.ts';
import { acceptance, contextOf } from './judging.ts';

const artifact = 'a'.repeat(64);
const rolledBack: RolledBack = { arm: 'green', artifact, at: '2026-11-22T12:00:00.000Z' };
const subject = { gate: 'acceptance', arm: 'green', artifact };

describe('what was rolled back', () => {
  test('is barred until it is judged on a run that was started after that', () => {
    const reason = (startedAt?: string): string | undefined =>
      barredReason({ ...subject, startedAt }, [rolledBack]);
    expect(reason('2026-11-22T11:59:59.999Z')).toMatch(
      /artifact aaaaaaaaaaaa of arm "green" was rolled back at 2026/u,
    );
    expect(reason('2026-11-22T12:00:00.000Z')).toBeDefined();
    expect(reason('2026-11-22T12:00:00.001Z')).toBeUndefined();
    for (const unknown of [undefined, '', 'soon']) expect(reason(unknown)).toBeDefined();
  });

  test('is barred by its newest rollback, in whatever order they stand', () => {
    const later = { ...rolledBack, at: '2026-11-22T13:00:00.000Z' };
    const startedAt = '2026-11-22T12:30:00.000Z';
    for (const order of [
      [rolledBack, later],
      [later, rolledBack],
    ])
      expect(barredReason({ ...subject, startedAt }, order)).toContain('13:00:00');
  });

  test('is the artifact, under whatever name, and no other', () => {
    expect(barredReason({ ...subject, arm: 'blue' }, [rolledBack])).toBeDefined();
    expect(barredReason({ ...subject, artifact: 'b'.repeat(64) }, [rolledBack])).toBeUndefined();
    expect(barredReason(subject, [])).toBeUndefined();
  });

  test('is whatever the arm is where nobody knew its artifact', () => {
    const unknown = { arm: 'green', at: rolledBack.at };
    expect(barredReason({ ...subject, artifact: 'b'.repeat(64) }, [unknown])).toBeDefined();
    expect(barredReason({ ...subject, arm: 'blue' }, [unknown])).toBeUndefined();
  });

  test('stops every gate but the watch', () => {
    expect(barredReason({ ...subject, gate: 'my-own' }, [rolledBack])).toBeDefined();
    expect(barredReason({ ...subject, gate: 'watch' }, [rolledBack])).toBeUndefined();
  });
});

describe('the judge', () => {
  const { candidate } = contextOf();
  const started = Date.parse(candidate.record.started_at);
  const context = (at: number): ReturnType<typeof contextOf> =>
    contextOf(
      {},
      {
        rollbacks: [
          { arm: 'green', artifact: candidate.record.artifact.sha256, at: new Date(at).toISOString() },
        ],
      },
    );

  test('says error of evidence from before the rollback, and judges later evidence by its rules', () => {
    expect(judge(acceptance(), contextOf()).verdict).toBe('pass');
    const barred = judge(acceptance(), context(started + 1));
    expect([barred.verdict, barred.problems?.map(({ code }) => code)]).toEqual(['error', ['barred']]);
    expect(barred.reason).toContain('was rolled back at');
    expect(judge(acceptance(), context(started - 1)).verdict).toBe('pass');
  });

  test('lets the watch gate go on', () => {
    const { verdict, problems = [] } = judge(policyOf('watch', undefined), context(started + 1));
    expect([verdict, problems]).toEqual([judge(policyOf('watch', undefined), contextOf()).verdict, []]);
  });
});

describe('a stored verdict', () => {
  const pass: Verdict = {
    schema: 'flipgate.verdict/1',
    gate: 'acceptance',
    verdict: 'pass',
    arm: 'green',
    artifact,
    evaluated_at: '2026-11-22T12:01:00Z',
    evidence_at: '2026-11-22T12:00:00Z',
    expires_at: '2026-11-22T12:15:00Z',
    runs: { candidate: 'r' },
    reason: 'all rules pass',
    rules: [{ rule: 'coverage', verdict: 'pass', reason: 'well' }],
  };

  test.each(['pass', 'fail', 'inconclusive'] as const)(
    'of %s is void, and no rule of it passes',
    (verdict) => {
      const reading = { now: Date.parse('2026-11-22T12:05:00Z'), rollbacks: [rolledBack] };
      const found = revalidate(sealed({ ...pass, verdict }), reading);
      expect([found.verdict, isInvalidated(found), found.rules[0]?.verdict]).toEqual([
        'error',
        true,
        'error',
      ]);
      expect(found.problems?.at(-1)?.code).toBe('barred');
    },
  );
});
