import { expect, test } from 'vitest';
import { questionAnchorDistances, textsOfQuestionAnchor } from '../../../src/scoring/question-anchor.ts';
import { defaultScoring } from '../../../src/scoring/scoring-options.ts';
import { createSummary } from '../../../src/scoring/summary/summary.ts';
import { goldQuestion } from './call-lines.ts';

const vectors: Readonly<Record<string, readonly [number, number]>> = {
  plain: [1, 0],
  slanted: [0.6, 0.8],
  near: [0.8, 0.6],
  far: [0, 1],
};
const vectorOf = (text: string): Float32Array => Float32Array.from(vectors[text] ?? [0, 0]);
const question = goldQuestion({ anchors: [{ text: 'near' }, { text: 'far' }] });
const phrased = { question, phrasings: ['plain', 'slanted', 'no direction'] };

test('each phrasing is held against the nearest of the question’s anchors', () => {
  const [plain, slanted, nowhere] = questionAnchorDistances(phrased, vectorOf);
  expect(plain).toBeCloseTo(0.2, 6);
  expect(slanted).toBeCloseTo(0.04, 6);
  expect(nowhere).toBeUndefined();
  expect(textsOfQuestionAnchor(phrased)).toEqual(['plain', 'slanted', 'no direction', 'near', 'far']);
});

test('a question without an answer, or without anchors, has no such distance and needs no vectors', () => {
  for (const none of [goldQuestion(), goldQuestion({ answerable: false, anchors: [{ text: 'near' }] })]) {
    expect(questionAnchorDistances({ ...phrased, question: none }, vectorOf)).toEqual([]);
    expect(textsOfQuestionAnchor({ ...phrased, question: none })).toEqual([]);
  }
});

test('the summary tells the distances as it tells those of what was retrieved', () => {
  const { toolLoop } = defaultScoring;
  const builder = createSummary({ view: 'best', toolLoop, phrasings: 3, questions: [question] });
  builder.addQuestionAnchor([0.1, 0.5, undefined]);
  builder.addQuestionAnchor([0.3, 0.7, 0.5]);
  builder.addQuestionAnchor([]);
  expect(builder.end(0).summary.semantic_distance).toEqual({
    question_anchor: {
      n: 5,
      mean: expect.closeTo(0.42, 12) as number,
      median: 0.5,
      p95: 0.7,
      by_phrasing: [0.2, 0.6, 0.5],
      worst_phrasing: 0.6,
    },
  });
});
