import { expect, test } from 'vitest';
import { calibrate } from '../../../src/gold/calibrate.ts';
import { goldQuestion } from '../scoring/call-lines.ts';

const angles: Readonly<Record<string, number>> = {
  q1: 0,
  'q1, again': 0.2,
  a1: 0.1,
  q2: 1.5,
  a2: 1.4,
  q3: 0.1,
};
const embed = async (texts: readonly string[]): Promise<readonly Float32Array[]> =>
  texts.map((text) => Float32Array.of(Math.cos(angles[text] ?? 0), Math.sin(angles[text] ?? 0)));
const first = goldQuestion({
  id: 'Q_1',
  question: 'q1',
  paraphrases: ['q1, again'],
  anchors: [{ text: 'a1' }],
});
const second = goldQuestion({ id: 'Q_2', question: 'q2', anchors: [{ text: 'a2' }] });

test('tells how far questions are from their own anchors, and whether they are nearer than others', async () => {
  const { question_anchor: found, separation } = await calibrate([first, second], embed);
  expect(found).toMatchObject({
    n: 3,
    by_phrasing: [expect.closeTo(1 - Math.cos(0.1), 6), expect.closeTo(1 - Math.cos(0.1), 6)],
  });
  expect(separation).toBe(1);
});

test('a question that is as near to another’s anchor as to its own is told from it in half of the pairs', async () => {
  const third = goldQuestion({ id: 'Q_3', question: 'q3', anchors: [{ text: 'a2' }] });
  const { separation } = await calibrate([third, second], embed);
  expect(separation).toBeCloseTo(0.5, 12);
});

test('without anchors nothing is measured, and alone a question is told from nothing', async () => {
  expect(await calibrate([goldQuestion()], embed)).toEqual({});
  expect(await calibrate([second], embed)).not.toHaveProperty('separation');
});
