import { describe, expect, test } from 'vitest';
import { judgeDistinctArms, judgeInvariants } from '../../../src/gates/check-arms.ts';
import { artifactOf } from '../../../src/scoring/artifact.ts';
import { versionsOf } from '../../support/evidence.ts';
import { contextOf, expectation } from './judging.ts';

const few = { questions: 2 };
const { MODEL_VER: _, ...incomplete } = versionsOf('green');

describe('two arms', () => {
  const distinct = (...args: Parameters<typeof contextOf>): ReturnType<typeof judgeDistinctArms> =>
    judgeDistinctArms(contextOf(...args));

  test('with artifacts of their own pass, and both are named', () => {
    expect(distinct(few)).toEqual({
      verdict: 'pass',
      reason: expect.stringMatching(/^blue is [0-9a-f]{12}, green is [0-9a-f]{12}$/u),
    });
  });

  test('with the very same calls are one run judged twice', () => {
    expect(distinct({ ...few, candidate: { callsSha256: 'x' }, baseline: { callsSha256: 'x' } })).toEqual({
      verdict: 'error',
      reason: 'the records of blue and green hold the very same calls: one run was judged twice',
    });
  });

  test('that report one artifact are an error', () => {
    expect(distinct({ ...few, candidate: { versions: versionsOf('blue') } })).toEqual({
      verdict: 'error',
      reason: expect.stringMatching(
        /^blue and green report the same artifact [0-9a-f]{12}: nothing is compared with itself$/u,
      ),
    });
  });

  test('that do not say what they are cannot be told apart', () => {
    const reason = (...args: Parameters<typeof contextOf>): string => {
      const { verdict, reason: found } = distinct(...args);
      expect(verdict).toBe('inconclusive');
      return found;
    };
    expect(reason({ ...few, candidate: { versions: incomplete } })).toMatch(
      /^green did not report all five version fields/u,
    );
    expect(reason({ ...few, candidate: { versions: {} }, baseline: { versions: {} } })).toMatch(
      /^blue and green did not report/u,
    );
    expect(reason(few, { baseline: undefined })).toBe('no baseline to be distinct from');
  });

  test('whose answers are the same bytes pass with a warning', () => {
    const { verdict, reason } = distinct({
      ...few,
      candidate: { answersSha256: 'x' },
      baseline: { answersSha256: 'x' },
    });
    expect(verdict).toBe('pass');
    expect(reason).toContain('; warning: every answer is the same bytes on both');
  });
});

describe('the invariants', () => {
  const invariants = (...args: Parameters<typeof contextOf>): ReturnType<typeof judgeInvariants> =>
    judgeInvariants(contextOf(...args));
  const failed = (reason: string): ReturnType<typeof judgeInvariants> => ({ verdict: 'fail', reason });
  const withArm = (
    arm: 'candidate' | 'baseline',
    more: Partial<typeof expectation>,
  ): Partial<Parameters<typeof contextOf>[1]> => ({
    expectations: { candidate: expectation, baseline: expectation, [arm]: { ...expectation, ...more } },
  });

  test('hold with the fields there and constant, and say how many pins there are', () => {
    expect(invariants(few)).toEqual({
      verdict: 'pass',
      reason: 'the five version fields of green are there and constant, no pins are configured',
    });
    expect(invariants(few, withArm('candidate', { pins: versionsOf('green') })).reason).toContain(
      '5 pins hold',
    );
  });

  test('name the fields that are missing', () => {
    expect(invariants({ ...few, candidate: { versions: incomplete } })).toEqual(
      failed('green does not report MODEL_VER'),
    );
    expect(
      invariants({ ...few, candidate: { versions: { ...versionsOf('green'), PROMPT_VER: '' } } }),
    ).toEqual(failed('green does not report PROMPT_VER'));
  });

  test('name what differs from its pin, on either arm', () => {
    expect(invariants(few, withArm('candidate', { pins: { INDEX_HASH: 'x' } }))).toEqual(
      failed('green has INDEX_HASH "green-index", pinned is "x"'),
    );
    expect(invariants(few, withArm('baseline', { pins: { INDEX_HASH: 'x' } }))).toEqual(
      failed('blue has INDEX_HASH "blue-index", pinned is "x"'),
    );
    expect(
      invariants({ ...few, baseline: { versions: {} } }, withArm('baseline', { pins: { MODEL_VER: 'm' } })),
    ).toEqual(failed('blue has MODEL_VER "none", pinned is "m"'));
  });

  test('name a version that changed during the run, on either arm', () => {
    const [one, two] = ['green', 'other'].map((name) => ({ ...artifactOf(versionsOf(name)), count: 5 }));
    const artifacts = [one, two].flatMap((artifact) => artifact ?? []);
    const changed = 'changed its version during the run: INDEX_HASH "green-index" and "other-index"';
    expect(invariants({ ...few, candidate: { record: { artifacts } } })).toEqual(failed(`green ${changed}`));
    expect(invariants({ ...few, baseline: { record: { artifacts } } })).toEqual(failed(`blue ${changed}`));
  });

  test('name secrets that are not set, and everything at once', () => {
    const missing = { missingSecrets: ['TOKEN'], pins: { PROMPT_VER: '4' } };
    expect(invariants(few, withArm('candidate', missing))).toEqual(
      failed('green has PROMPT_VER "3", pinned is "4"; green needs the secret TOKEN, which is not set'),
    );
  });

  test('are judged without a baseline too', () => {
    expect(invariants(few, { baseline: undefined }).verdict).toBe('pass');
  });
});
