import { describe, expect, test } from 'vitest';
import { statisticNamed, statistics } from '../../../../src/statistics/catalogue.ts';
import type { Evidence } from '../../../../src/statistics/evidence/evidence.ts';
import * as fields from '../../../../src/statistics/evidence/fields.ts';
import { columnOf, type Field, type FieldReading } from '../../../../src/statistics/evidence/fields.ts';
import { evidenceOf } from '../../../support/evidence.ts';

const read = (field: Field, evidence: Evidence, missing: FieldReading['missing']): number[] => [
  ...columnOf(field, evidence, { missing, timeoutSeconds: 30 }),
];

/** Two questions of two calls; the second question is not answerable. */
const evidence = evidenceOf({
  questions: 2,
  phrasings: 1,
  seeds: [1, 2],
  answerable: [1, 0],
  questionRetrieved: [0.3, null, null, null],
  coverage: [0.8, null, null, null],
  answerAnchor: [null, null, null, null],
  latency: { total: [1, null, 2, null], retrieve: [0.1, null, 0.2, 0.1] },
});

describe('what is missing', () => {
  test('is absent in the summary', () => {
    expect(read(fields.coverage, evidence, 'absent')).toEqual([0.8, NaN, NaN, NaN]);
  });

  test('has the worst or best value where the measurement applies: ΔS 1 and 0, coverage 0 and 1', () => {
    expect(read(fields.questionRetrieved, evidence, 'worst')).toEqual([0.3, 1, NaN, NaN]);
    expect(read(fields.questionRetrieved, evidence, 'best')).toEqual([0.3, 0, NaN, NaN]);
    expect(read(fields.coverage, evidence, 'worst')).toEqual([0.8, 0, NaN, NaN]);
    expect(read(fields.coverage, evidence, 'best')).toEqual([0.8, 1, NaN, NaN]);
  });

  test('is the timeout or nothing for a latency, for unanswerable questions too', () => {
    expect(read(fields.latency('total'), evidence, 'worst')).toEqual([1, 30, 2, 30]);
    expect(read(fields.latency('total'), evidence, 'best')).toEqual([1, 0, 2, 0]);
  });

  test('took at least as long as the slowest call that is not', () => {
    const slow = evidenceOf({ questions: 1, phrasings: 1, seeds: [1, 2], latency: [45, null] });
    expect(read(fields.latency('total'), slow, 'worst')).toEqual([45, 45]);
  });

  test('stays missing where the arm never reports the measurement', () => {
    expect(read(fields.answerAnchor, evidence, 'worst')).toEqual([NaN, NaN, NaN, NaN]);
    expect(read(fields.latency('rerank'), evidence, 'worst')).toEqual([NaN, NaN, NaN, NaN]);
    expect(read(fields.latency('retrieve'), evidence, 'worst')).toEqual([0.1, 30, 0.2, 0.1]);
  });

  test('does not change the columns of the evidence', () => {
    read(fields.coverage, evidence, 'worst');
    expect([...evidence.coverage]).toEqual([0.8, NaN, NaN, NaN]);
  });
});

test('a count is of what happened: a faulted call adds nothing, however it is read', () => {
  const faulted = evidenceOf({
    questions: 1,
    phrasings: 1,
    seeds: [1, 2, 3],
    faulted: [0, 1, 0],
    toolLoop: [0, 0, 1],
  });
  const loops = statisticNamed('tool_loops');
  expect(loops?.estimate(faulted, { missing: 'absent', timeoutSeconds: 30 }).value).toBe(1);
  expect(loops?.estimate(faulted, { missing: 'worst', timeoutSeconds: 30 }).value).toBe(1);
  expect(loops?.standing(faulted).missing).toBeCloseTo(1 / 3, 9);
  const effects = evidenceOf({ questions: 1, phrasings: 1, seeds: [1, 2, 3], sideEffects: [1, null, 4] });
  expect(
    statisticNamed('side_effects')?.estimate(effects, { missing: 'worst', timeoutSeconds: 30 }).value,
  ).toBe(5);
});

describe('the catalogue', () => {
  test('has every name once, and finds each', () => {
    const names = statistics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const statistic of statistics) expect(statisticNamed(statistic.name)).toBe(statistic);
    expect(statisticNamed('coverage')).toBeUndefined();
  });

  test('says what a statistic stands on: cells that should have a value and have none', () => {
    const standing = (name: string): unknown => statisticNamed(name)?.standing(evidence);
    expect(standing('coverage.mean')).toEqual({ n: 1, n_calls: 1, skipped: 1, errored: 0, missing: 0.5 });
    expect(standing('latency.total.p95')).toEqual({ n: 2, n_calls: 2, skipped: 0, errored: 0, missing: 0.5 });
    expect(standing('error_rate')).toEqual({ n: 2, n_calls: 4, skipped: 0, errored: 0, missing: 0 });
    expect(standing('latency.rerank.p95')).toEqual({ n: 0, n_calls: 0, skipped: 2, errored: 0, missing: 0 });
  });

  test('counts errored questions and faults as missing for λ', () => {
    const odd = evidenceOf({
      questions: 4,
      phrasings: 1,
      seeds: [1, 2],
      lambda: [1, 1, 0, 2],
      states: [0, 0, 0, 3, -1, 3, -1, -1],
      faulted: [0, 0, 0, 1, 0, 1, 0, 0],
    });
    expect(statisticNamed('lambda.flip.all')?.standing(odd)).toEqual({
      n: 2,
      n_calls: 4,
      skipped: 1,
      errored: 1,
      missing: 0.5,
    });
  });
});
