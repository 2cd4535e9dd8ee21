import { expect, test } from 'vitest';
import { judgeDrill } from '../../../src/gates/check-drill.ts';
import type { Drill } from '../../../src/gates/context.ts';
import { aMinuteLater } from '../../support/evidence.ts';
import { contextOf } from './judging.ts';

const rule = { name: 'rollback_drill', kind: 'rollback_drill', limit: 120, maxAgeSeconds: 86_400 } as const;
const context = contextOf({ questions: 1 });

function drill(hoursAgo: number, more: Partial<Drill> = {}): Drill {
  const finished_at = new Date(aMinuteLater - hoursAgo * 3_600_000).toISOString();
  return {
    schema: 'flipgate.drill/1',
    pointer: 'main',
    finished_at,
    ttr_seconds: 30,
    verified: true,
    ...more,
  };
}

const judged = (drills: readonly Drill[], pointer?: string): ReturnType<typeof judgeDrill> =>
  judgeDrill({ ...rule, ...(pointer !== undefined && { pointer }) }, { ...context, drills });

test('a drill that worked, fast and lately, passes with its time', () => {
  expect(judged([drill(2)])).toEqual({
    verdict: 'pass',
    value: 30,
    reason: 'the rollback of main took 30 s, 2.0 h ago',
  });
  expect(judged([drill(24, { ttr_seconds: 120 })]).verdict).toBe('pass');
});

test('without a drill nothing is known', () => {
  expect(judged([]).verdict).toBe('inconclusive');
  expect(judged([drill(1)], 'other')).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('of pointer other'),
  });
});

test('one that was slow, old, or never verified fails', () => {
  expect(judged([drill(1, { ttr_seconds: 121 })])).toMatchObject({
    verdict: 'fail',
    reason: 'the rollback of main took 121 s, more than 120 s',
  });
  expect(judged([drill(25)])).toMatchObject({
    verdict: 'fail',
    reason: 'the drill of main was 25.0 h ago, more than 24 h: repeat it',
  });
  expect(judged([drill(1, { verified: false })])).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('was not verified'),
  });
});

test('a time that is no number fails', () => {
  expect(judged([drill(1, { ttr_seconds: Number.NaN })]).verdict).toBe('fail');
});

test('one from the future, or without a time, is an error', () => {
  expect(judged([drill(-1)]).verdict).toBe('error');
  expect(judged([drill(0, { finished_at: 'yesterday' })]).verdict).toBe('error');
  expect(judged([drill(1), drill(0, { finished_at: 'yesterday' })]).verdict).not.toBe('fail');
});

test('the newest counts, of the pointer where one is named', () => {
  expect(judged([drill(1, { ttr_seconds: 500 }), drill(3)]).verdict).toBe('fail');
  expect(judged([drill(3), drill(1, { ttr_seconds: 500 })]).verdict).toBe('fail');
  expect(judged([drill(3), drill(1, { ttr_seconds: 500, pointer: 'other' })], 'main').verdict).toBe('pass');
});
