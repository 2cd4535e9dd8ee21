import { expect, test } from 'vitest';
import type { JudgeContext } from '../../../../src/gates/context.ts';
import { judge } from '../../../../src/gates/judge.ts';
import { policyOf } from '../../../../src/gates/policy.ts';
import { windowProblems } from '../../../../src/gates/watch/window-problems.ts';
import type { RunRecord } from '../../../../src/scoring/record.ts';
import { finishedAt, versionsOf, type EvidenceOptions } from '../../../support/evidence.ts';
import { contextOf } from '../judging.ts';

const subject = { address: 'a', gold: 'g', embedder: 'e', scoring: 's', view: 'v', plan: 'p' };
const minutesBefore = (minutes: number): string =>
  new Date(Date.parse(finishedAt) - 60_000 * minutes).toISOString();

/** A window that ended so many minutes before the last one. */
function windowAt(
  minutes: number,
  { record, ...more }: EvidenceOptions & { readonly record?: Partial<RunRecord> } = {},
): JudgeContext {
  const candidate = {
    id: `run-${minutes}`,
    finishedAt: minutesBefore(minutes),
    ...more,
    record: { subject, ...record },
  };
  return contextOf({ questions: 24, candidate });
}

const last = windowAt(0);
const reasons = (...earlier: readonly JudgeContext[]): readonly string[] =>
  windowProblems(last, earlier).map(({ reason }) => reason);

test('windows of one arm and subject, in the order of time, are windows', () => {
  expect(reasons()).toEqual([]);
  expect(reasons(windowAt(2), windowAt(1))).toEqual([]);
  // A window may ask less than another one.
  expect(reasons(windowAt(1, { record: { subject: { ...subject, plan: 'q' } } }))).toEqual([]);
});

test.each<[string, readonly JudgeContext[], RegExp]>([
  ['a run twice', [windowAt(2), windowAt(2)], /^window run-2 is named twice/u],
  ["the candidate's own run", [windowAt(0)], /^window run-0 is named twice/u],
  ['another arm', [windowAt(1, { arm: 'violet' })], /of another arm/u],
  ['another artifact', [windowAt(1, { versions: versionsOf('violet') })], /of another artifact/u],
  [
    'another gold set',
    [windowAt(1, { record: { gold: { sha256: 'f', path: 'gold', questions: 24 } } })],
    /of another gold set/u,
  ],
  [
    'another embedder',
    [windowAt(1, { record: { embedder: { id: 'x', dimensions: 1, pooling: 'mean', window: 1 } } })],
    /of another embedder/u,
  ],
  [
    'other scoring',
    [windowAt(1, { record: { subject: { ...subject, scoring: 'x' } } })],
    /of another scoring options/u,
  ],
  [
    'the texts of the anchors',
    [windowAt(1, { record: { subject: { ...subject, gold: 'x' } } })],
    /of another gold/u,
  ],
  ['the order', [windowAt(1), windowAt(2)], /^window run-1 finished after run-2: name windows oldest first/u],
  ['one that ended after the last', [windowAt(-1)], /^window run--1 finished after run-0/u],
])('a list that is wrong by %s is an error', (_, earlier, reason) => {
  expect(reasons(...earlier)).toEqual([expect.stringMatching(reason)]);
  const verdict = judge(policyOf('watch', undefined), last, earlier);
  expect(verdict.verdict).toBe('error');
  expect(verdict.problems?.map(({ code }) => code)).toContain('windows');
});

test('a window without a time is in no order', () => {
  expect(reasons(windowAt(1, { finishedAt: 'yesterday' }))).toEqual([
    expect.stringMatching(/finished after/u),
  ]);
});

test('the verdict has its windows, oldest first, its own run last', () => {
  const verdict = judge(policyOf('watch', undefined), last, [windowAt(2), windowAt(1)]);
  expect(verdict.windows).toEqual(
    [2, 1, 0].map((minutes) => ({
      run: `run-${minutes}`,
      finished_at: minutesBefore(minutes),
      artifact: last.candidate.record.artifact.sha256,
    })),
  );
  expect(judge(policyOf('watch', undefined), last, []).windows).toBeUndefined();
});
