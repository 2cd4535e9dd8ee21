import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepareAnchors } from '../../../../src/scoring/coverage/anchors.ts';
import { coverage } from '../../../../src/scoring/coverage/coverage.ts';
import { anchorFinder, coveredText } from '../../../../src/scoring/coverage/covered-text.ts';
import { tokenize } from '../../../../src/text/tokens.ts';

const anchor = 'A 😀 pointer is flipped once, and never twice in one run.';
const prepared = prepareAnchors([{ text: anchor, section_id: 's' }]);

function pieces(text: string, marks: readonly number[]): readonly string[] {
  return Array.from({ length: marks.length / 2 }, (_, index) =>
    text.slice(marks[2 * index], marks[2 * index + 1]),
  );
}

test('marks of the anchor what the snippets hold together', () => {
  const [marks = []] = coveredText(prepared, [
    { text: 'So: a pointer is flipped once!' },
    { text: 'twice in one run.' },
  ]);
  expect(pieces(anchor, marks)).toEqual(['A 😀 pointer is flipped once']);
});

test('marks in a text the words that are the anchor’s', () => {
  const text = 'Mind: 🎉 POINTER is flipped once and never at noon.';
  expect(pieces(text, anchorFinder(prepared)(text))).toEqual(['POINTER is flipped once and never']);
});

test('an anchor without words marks nothing', () => {
  expect(anchorFinder(prepareAnchors([{ text: '…' }]))('… and more')).toEqual([]);
});

test('as many words of the anchor are marked as coverage counts, for any texts', () => {
  const words = fc
    .array(fc.constantFrom('pointer', 'flip', 'once', 'never', '😀', 'run', '語'), {
      minLength: 1,
      maxLength: 30,
    })
    .map((list) => list.join(' '));
  fc.assert(
    fc.property(words, fc.array(words, { maxLength: 3 }), (own, texts) => {
      const one = prepareAnchors([{ text: own }]);
      const snippets = texts.map((text) => ({ text }));
      const [marks = []] = coveredText(one, snippets);
      const marked = pieces(own, marks).flatMap((piece) => tokenize(piece)).length;
      expect(marked).toBe(coverage(one, snippets).covered);
    }),
  );
});
