import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/plan/gold-set.ts';
import { createAnswerCounter } from '../../../src/scoring/repeated-answers.ts';

const question = (number: number, more: Partial<Question> = {}): Question => ({
  id: `Q_${number}`,
  question: `Question ${number}?`,
  paraphrases: [],
  anchors: [{ source_url: 'doc.md', offsets: [100 * number, 100 * number + 50], text: `text ${number}` }],
  answerable: true,
  tags: [],
  ...more,
});
const error = 'ERROR: model is unavailable.';

/** Whether a text is repeated that the questions at these places of a plan got. */
function isRepeated(questions: readonly Question[], places: readonly number[], text = error): boolean {
  const counter = createAnswerCounter();
  questions.forEach((_, index) => counter.add(index, `an answer of its own to question ${index}`));
  for (const place of places) counter.add(place, text);
  return counter.end(questions)(text);
}

const forty = Array.from({ length: 40 }, (_, index) => question(index));

describe('an answer is repeated', () => {
  test.each([
    ['given to three questions of forty', [0, 1, 2], true],
    ['given to two', [0, 1, 1, 1], false],
    ['given to none', [], false],
  ])('%s: %s', (_, places, expected) => expect(isRepeated(forty, places)).toBe(expected));

  test('only where 5 % of the questions got it', () => {
    const many = Array.from({ length: 80 }, (_, index) => question(index));
    expect(isRepeated(many, [1, 2, 3])).toBe(false);
    expect(isRepeated(many, [1, 2, 3, 4])).toBe(true);
  });

  test('with other case and punctuation too, and with four tokens at least', () => {
    const counter = createAnswerCounter();
    ['It is not there', 'it is NOT there!', '“It is not — there”'].forEach((text, index) =>
      counter.add(index, text),
    );
    const repeated = counter.end(forty);
    expect(['It is not there.', 'It is there', ''].map(repeated)).toEqual([true, false, false]);
    expect(isRepeated(forty, [0, 1, 2, 3, 4], 'Yes, it does.')).toBe(false);
    expect(isRepeated(forty, [0, 1, 2], '没有答案。')).toBe(true);
  });

  test('not among questions that one passage answers, and not where nothing is to be answered', () => {
    const same = forty.map((one, index) => (index < 10 ? { ...one, anchors: forty[0]!.anchors } : one));
    expect(isRepeated(same, [0, 1, 2, 3, 4, 5])).toBe(false);
    expect(isRepeated(same, [0, 1, 11, 12])).toBe(true);
    const overlapping = [
      question(0),
      ...[10, 20, 30].map((start) =>
        question(0, {
          anchors: [{ source_url: 'doc.md', offsets: [start, start + 40], text: `t ${start}` }],
        }),
      ),
    ];
    expect(isRepeated(overlapping, [0, 1, 2, 3])).toBe(false);
    const unanswerable = forty.map((one) => ({ ...one, answerable: false, anchors: [] }));
    expect(isRepeated(unanswerable, [0, 1, 2, 3, 4])).toBe(false);
    const sections = ['a', 'a', 'b'].map((section_id, index) =>
      question(index, { anchors: [{ source_url: 'doc.md', section_id, text: `t${index}` }] }),
    );
    expect(isRepeated(sections, [0, 1, 2])).toBe(false);
  });
});
