import { expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import type { GoldSet, Question } from '../../../src/plan/gold-set.ts';
import { planOf, type Plan, type PlanOptions } from '../../../src/plan/plan.ts';
import { createRandom, shuffledIndices } from '../../../src/plan/random.ts';

function question(id: string, more: Partial<Question> = {}): Question {
  return {
    id,
    question: `${id}?`,
    paraphrases: [1, 2, 3].map((number) => `${id}, put ${number}`),
    anchors: [],
    answerable: true,
    tags: [],
    ...more,
  };
}

function goldOf(questions: readonly Question[]): GoldSet {
  return { path: 'gold', sha256: '0'.repeat(64), questions, documents: new Map() };
}

const ten = goldOf(
  Array.from({ length: 10 }, (_, index) => question(`Q_${index}`, { tags: index < 3 ? ['early'] : [] })),
);
const plan = (options: Partial<PlanOptions> = {}, gold = ten): Plan =>
  planOf(gold, { paraphrases: 3, seeds: [1, 2], orderSeed: 1, ...options });
const asked = (of: Plan): readonly string[] => of.questions.map(({ id }) => id);

test('the cells stand in plan order: question, phrasing, seed', () => {
  const cells = Array.from({ length: 9 }, (_, index) => plan().cell(index));
  expect(cells.map(({ question: { id }, phrasing, seed }) => `${id} ${phrasing} ${seed}`)).toEqual([
    ...[0, 1, 2, 3].flatMap((phrasing) => [`Q_0 ${phrasing} 1`, `Q_0 ${phrasing} 2`]),
    'Q_1 0 1',
  ]);
  expect(cells.slice(0, 4).map(({ text }) => text)).toEqual(['Q_0?', 'Q_0?', 'Q_0, put 1', 'Q_0, put 1']);
});

test('every cell finds its index again, and what the plan does not have finds none', () => {
  const whole = plan();
  for (let index = 0; index < whole.cells; index += 1) {
    const { question: of, phrasing, seed } = whole.cell(index);
    expect(whole.indexOf({ question: of.id, phrasing, seed })).toBe(index);
  }
  const cell = { question: 'Q_1', phrasing: 0, seed: 1 };
  for (const odd of [{ question: 'Q_x' }, { phrasing: 4 }, { phrasing: -1 }, { phrasing: 0.5 }, { seed: 3 }])
    expect(whole.indexOf({ ...cell, ...odd })).toBeUndefined();
});

test('there is no cell outside the plan', () => {
  expect(() => plan().cell(80)).toThrow(RangeError);
});

test('the order has every cell once, is the same for the same seed and another for another', () => {
  const order = [...plan().order];
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, index) => index));
  expect([...plan().order]).toEqual(order);
  expect([...plan({ orderSeed: 2 }).order]).not.toEqual(order);
  expect([...plan({ orderSeed: 2 ** 40 }).order]).not.toEqual([...plan({ orderSeed: 0 }).order]);
});

test('a limit takes a seeded sample that keeps the order of ids', () => {
  const sample = asked(plan({ limit: 4 }));
  expect(sample).toHaveLength(4);
  expect(sample).toEqual([...sample].sort());
  expect(asked(plan({ limit: 4 }))).toEqual(sample);
  const others = [2, 3, 4, 5].map((orderSeed) => asked(plan({ limit: 4, orderSeed })).join());
  expect(others.some((other) => other !== sample.join())).toBe(true);
  expect(asked(plan({ limit: 99 }))).toHaveLength(10);
});

test('a tag leaves the questions that have it, and a limit samples among these', () => {
  expect(asked(plan({ tag: 'early' }))).toEqual(['Q_0', 'Q_1', 'Q_2']);
  expect(['Q_0', 'Q_1', 'Q_2']).toEqual(expect.arrayContaining([...asked(plan({ tag: 'early', limit: 2 }))]));
});

test('an unknown tag is refused with the known ones', () => {
  expect(() => plan({ tag: 'late' })).toThrow(
    expect.objectContaining({ message: 'no question has the tag "late"', hint: 'tags: early' }),
  );
});

test('an empty gold set is refused: nothing asked is nothing passed', () => {
  expect(() => plan({}, goldOf([]))).toThrow(UserError);
});

test('too few paraphrases are refused with the question and the number', () => {
  const few = goldOf([question('Q_0'), question('Q_1', { paraphrases: ['one'] })]);
  expect(() => plan({}, few)).toThrow('question "Q_1" has 1 paraphrases, 3 are asked for');
  expect(asked(plan({ paraphrases: 1 }, few))).toEqual(['Q_0', 'Q_1']);
});

test.each([
  ['two equal paraphrases', ['a', 'b', 'a']],
  ['a paraphrase that is the question', ['a', 'b', 'Q_0?']],
  ['two that differ only in their Unicode form', ['caf\u00e9', 'cafe\u0301', 'b']],
])('%s are refused: calls of equal phrasings have one key', (_, paraphrases) => {
  expect(() => plan({}, goldOf([question('Q_0', { paraphrases })]))).toThrow(
    /^question "Q_0" has the phrasing ".+" twice$/u,
  );
});

test('equal phrasings that are not asked are nobody’s business', () => {
  expect(plan({ paraphrases: 2 }, goldOf([question('Q_0', { paraphrases: ['a', 'b', 'a'] })])).cells).toBe(6);
});

test('the generator gives the published sequence of mulberry32', () => {
  // From a second implementation of the published algorithm, in Python, with seed 1: the first three 32-bit numbers.
  const random = createRandom(1);
  expect([random(), random(), random()].map((value) => Math.floor(value * 2 ** 32))).toEqual([
    2693262067, 11749833, 2265367787,
  ]);
});

test('a shuffle favours no place', () => {
  const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  const random = createRandom(7);
  for (let round = 0; round < 4000; round += 1)
    shuffledIndices(4, random).forEach((value, place) => (counts[place]![value]! += 1));
  for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
