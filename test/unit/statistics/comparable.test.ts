import { expect, test } from 'vitest';
import { exitCodes, UserError } from '../../../src/base/errors.ts';
import { comparabilityProblem, requireComparable } from '../../../src/statistics/comparable.ts';
import type { Evidence } from '../../../src/statistics/evidence/evidence.ts';
import { evidenceOf, healthyPair, type EvidenceOptions } from '../../support/evidence.ts';

const baseline = evidenceOf({ arm: 'blue', id: 'run-blue' });
const against = (candidate: Evidence): string | undefined => comparabilityProblem({ candidate, baseline });
const green = (options: EvidenceOptions): string | undefined =>
  against(evidenceOf({ arm: 'green', ...options }));
const otherGold = { sha256: 'f'.repeat(64), path: 'gold', questions: 40 };

test('two runs of one plan can be compared', () => {
  expect(green({})).toBeUndefined();
  expect(() => requireComparable(healthyPair())).not.toThrow();
  expect(green({ session: 'session-2' })).toBeUndefined();
});

test('a run with itself cannot', () => {
  expect(against(baseline)).toBe('they are one run');
  expect(green({ id: 'run-blue' })).toBe('they are one run');
});

test('different gold sets cannot, and the questions that are only in one are named', () => {
  expect(green({ record: { gold: otherGold } })).toMatch(
    /^they asked different gold sets \([0-9a-f]{12} and ffffffffffff\)$/u,
  );
  expect(green({ questions: 43, record: { gold: otherGold } })).toMatch(
    /; only candidate: Q_0040, Q_0041, Q_0042\)$/u,
  );
  expect(green({ questions: 33, record: { gold: otherGold } })).toMatch(
    /; only baseline: Q_0033, Q_0034, Q_0035, Q_0036, Q_0037 and 2 more\)$/u,
  );
});

test('different or missing embedders cannot', () => {
  const embedder = { id: 'other@sha256:1', dimensions: 384, pooling: 'mean', window: 256 };
  expect(green({ record: { embedder } })).toMatch(
    /^they were scored with different embedders \("model@sha256:.*" and "other@sha256:1"\)$/u,
  );
  const { embedder: _, ...unscored } = evidenceOf().record;
  expect(against({ ...evidenceOf(), record: unscored })).toMatch(/and "none"\)$/u);
});

test('different views cannot', () => {
  expect(green({ record: { view: 'pooled' } })).toBe(
    'they were scored in different views ("best" and "pooled")',
  );
});

test('different phrasings or seeds cannot', () => {
  expect(green({ phrasings: 3 })).toBe(
    'they were asked differently (4 phrasings, seeds 1,2; 3 phrasings, seeds 1,2)',
  );
  expect(green({ seeds: [1, 3] })).toBe(
    'they were asked differently (4 phrasings, seeds 1,2; 4 phrasings, seeds 1,3)',
  );
});

test('different questions of one gold set cannot', () => {
  expect(green({ questions: 41 })).toBe('they asked different questions (only candidate: Q_0040)');
});

test('what is thrown ends with exit 4, names both runs and the changed questions, and says what to do', () => {
  const pair = { candidate: evidenceOf({ record: { gold: otherGold } }), baseline };
  const thrown = ((): unknown => {
    try {
      requireComparable(pair, ['Q_0001', 'Q_0002']);
    } catch (error) {
      return error;
    }
    return undefined;
  })();
  expect(thrown).toBeInstanceOf(UserError);
  const { message, hint, exitCode } = thrown as UserError;
  expect(message).toMatch(
    /^runs run-blue and run-green cannot be compared: they asked .*; changed: Q_0001, Q_0002\)$/u,
  );
  expect([hint, exitCode]).toEqual(['run both arms on one gold set: flipgate run', exitCodes.error]);
});
