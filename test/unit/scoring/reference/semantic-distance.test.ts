import { test } from 'vitest';
import { nearestDistance, snippetsDistance } from '../../../../src/scoring/semantic-distance.ts';
import { expectClose, referenceCases } from './fixtures.ts';

interface Vectors {
  readonly question: readonly number[];
  readonly snippets: readonly (readonly number[])[];
  readonly anchors: readonly (readonly number[])[];
  readonly answer?: readonly number[];
}

test.each(referenceCases<Vectors, unknown>('semantic-distance'))(
  'semantic distance: $name',
  ({ input, expected }) => {
    const snippets = input.snippets.map((vector) => Float32Array.from(vector));
    const anchors = input.anchors.map((vector) => Float32Array.from(vector));
    const measured = {
      question_retrieved: snippetsDistance(snippets, [Float32Array.from(input.question)]),
      retrieved_anchor: snippetsDistance(snippets, anchors),
      answer_anchor: input.answer && nearestDistance(Float32Array.from(input.answer), anchors),
    };
    expectClose(measured, expected);
  },
);
