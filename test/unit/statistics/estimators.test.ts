import { describe, expect, test } from 'vitest';
import { combineEstimators } from '../../../src/statistics/estimator.ts';
import {
  meanOfCells,
  meanOfQuestions,
  smallestOf,
  sumOfCells,
  worstParaphrase,
} from '../../../src/statistics/means.ts';
import { countsOfCells, countsOfQuestions } from '../../../src/statistics/counts.ts';
import { phrasingOfCell, questionOfCell, seedOfCell } from '../../../src/statistics/evidence/evidence.ts';
import { evidenceOf } from '../../support/evidence.ts';

const none = Number.NaN;
const { shape } = evidenceOf({ questions: 2, phrasings: 3, seeds: [1, 2] });
/** Two questions of three phrasings of two seeds. */
const column = Float64Array.of(0.1, 0.2, 0.3, none, 0.5, 0.6, none, none, none, 0.8, 0.1, none);
const once = Uint16Array.of(1, 1);
const firstTwice = Uint16Array.of(2, 0);
const secondTwice = Uint16Array.of(0, 2);

test('a cell is a question, a phrasing and a seed, in plan order', () => {
  const places = Array.from({ length: shape.cells }, (_, cell) =>
    [questionOfCell(shape, cell), phrasingOfCell(shape, cell), seedOfCell(shape, cell)].join(''),
  );
  expect(places.join(' ')).toBe('000 001 010 011 020 021 100 101 110 111 120 121');
});

describe('means', () => {
  test('are over the calls that have a value, each as often as its question was drawn', () => {
    const { value, resampled } = meanOfCells(column, shape);
    expect(value).toBeCloseTo(2.6 / 7, 12);
    expect(resampled(once)).toBeCloseTo(2.6 / 7, 12);
    expect(resampled(firstTwice)).toBeCloseTo(1.7 / 5, 12);
    expect(resampled(secondTwice)).toBeCloseTo(0.9 / 2, 12);
  });

  test('are nothing without a value', () => {
    const { value, resampled } = meanOfCells(new Float64Array(shape.cells).fill(none), shape);
    expect(value).toBeUndefined();
    expect(resampled(once)).toBeNaN();
    expect(meanOfQuestions(Float64Array.of(none, none)).value).toBeUndefined();
    expect(meanOfQuestions(Float64Array.of(none, 3)).resampled(firstTwice)).toBeNaN();
  });

  test('of questions weigh every question alike', () => {
    const { value, resampled } = meanOfQuestions(Float64Array.of(0.2, 0.6));
    expect(value).toBeCloseTo(0.4, 12);
    expect(resampled(firstTwice)).toBeCloseTo(0.2, 12);
  });

  test('of the worst paraphrase leave the question itself out, and look for the worst in every resample', () => {
    const { value, resampled } = worstParaphrase(column, shape);
    expect(value).toBeCloseTo(0.55, 12);
    expect(resampled(firstTwice)).toBeCloseTo(0.55, 12);
    expect(resampled(secondTwice)).toBeCloseTo(0.8, 12);
  });

  test('of the worst paraphrase are nothing without paraphrases', () => {
    const alone = evidenceOf({ questions: 3, phrasings: 1, seeds: [1] }).shape;
    const { value, resampled } = worstParaphrase(Float64Array.of(0.1, 0.2, 0.3), alone);
    expect(value).toBeUndefined();
    expect(resampled(Uint16Array.of(1, 1, 1))).toBeNaN();
  });
});

test('sums are of what is there', () => {
  const { value, resampled } = sumOfCells(column, shape);
  expect(value).toBeCloseTo(2.6, 12);
  expect(resampled(firstTwice)).toBeCloseTo(3.4, 12);
  const nothing = sumOfCells(new Float64Array(shape.cells).fill(none), shape);
  expect([nothing.value, nothing.resampled(firstTwice)]).toEqual([undefined, none]);
});

test('the smallest of several leaves out what has no value', () => {
  const parts = [Float64Array.of(0.5, 0.1), Float64Array.of(none, 0.9), Float64Array.of(none, none)].map(
    meanOfQuestions,
  );
  const { value, resampled } = smallestOf(parts);
  expect(value).toBeCloseTo(0.3, 12);
  expect(resampled(firstTwice)).toBe(0.5);
  expect(resampled(secondTwice)).toBe(0.1);
});

test('a difference or ratio is only there where it is a finite number', () => {
  const of = (value: number): ReturnType<typeof meanOfQuestions> =>
    meanOfQuestions(Float64Array.of(value, value));
  const ratio = (a: number, b: number): number => a / b;
  expect(combineEstimators(of(3), of(2), ratio).value).toBe(1.5);
  expect(combineEstimators(of(3), of(0), ratio).value).toBeUndefined();
  expect(combineEstimators(of(0), of(0), ratio).resampled(once)).toBeNaN();
  expect(combineEstimators(of(3), of(none), ratio).value).toBeUndefined();
});

describe('counts', () => {
  const applies = Uint8Array.of(1, 1);

  test('of cells tell judged, skipped and errored questions apart', () => {
    expect(countsOfCells(column, shape, applies)).toEqual({ n: 2, n_calls: 7, skipped: 0, errored: 0 });
    const empty = Float64Array.from(column, (value, cell) => (cell < shape.perQuestion ? none : value));
    expect(countsOfCells(empty, shape, applies)).toEqual({ n: 1, n_calls: 2, skipped: 0, errored: 1 });
    expect(countsOfCells(empty, shape, Uint8Array.of(0, 1))).toEqual({
      n: 1,
      n_calls: 2,
      skipped: 1,
      errored: 0,
    });
  });

  test('of questions count all their calls', () => {
    expect(countsOfQuestions(Float64Array.of(none, 1), shape, applies)).toEqual({
      n: 1,
      n_calls: 6,
      skipped: 0,
      errored: 1,
    });
    expect(countsOfQuestions(Float64Array.of(none, 1), shape, Uint8Array.of(0, 1))).toEqual({
      n: 1,
      n_calls: 6,
      skipped: 1,
      errored: 0,
    });
  });
});
