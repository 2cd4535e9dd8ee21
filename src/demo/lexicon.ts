import { tokenize } from '../text/tokens.ts';

/** Words of a collection with how rare they are: what lexical scoring rests on. */
export interface Lexicon {
  /** Prepares a question: the share of its word weight that the text at a position explains, 0 to 1: BM25 over its highest possible value. */
  overlapWith(question: string): (position: number) => number;
}

const saturation = 1.2;
const lengthWeight = 0.75;
const stopWords: ReadonlySet<string> = new Set(
  'a an and are as at be been but by can could do does for from had has have how i if in into is it its me my no not of on or our should so than that the their them then there these they this to us was we were what when where which who why will with would you your'.split(
    ' ',
  ),
);

/** Okapi BM25 (Robertson and Zaragoza, 2009) over texts in the order given. */
export function createLexicon(texts: readonly string[]): Lexicon {
  const counts = texts.map((text) => countWords(wordsOf(text)));
  const lengths = counts.map((words) => [...words.values()].reduce((sum, count) => sum + count, 0));
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length);
  const holders = new Map<string, number>();
  for (const words of counts)
    for (const word of words.keys()) holders.set(word, (holders.get(word) ?? 0) + 1);
  const rarity = (word: string): number =>
    Math.log(1 + (texts.length - (holders.get(word) ?? 0) + 0.5) / ((holders.get(word) ?? 0) + 0.5));
  return {
    overlapWith(question) {
      const words = [...new Set(wordsOf(question))].map((word) => ({ word, weight: rarity(word) }));
      const best = words.reduce((sum, { weight }) => sum + weight, 0);
      return (position) => {
        const damping =
          saturation * (1 - lengthWeight + (lengthWeight * (lengths[position] ?? 0)) / meanLength);
        const found = words.reduce((sum, { word, weight }) => {
          const count = counts[position]?.get(word) ?? 0;
          return sum + (weight * count) / (count + damping);
        }, 0);
        return best === 0 ? 0 : found / best;
      };
    },
  };
}

function wordsOf(text: string): readonly string[] {
  return tokenize(text)
    .map(({ token }) => token)
    .filter((token) => !stopWords.has(token))
    .map((token) => token.replace(/(?:ing|ed|es|s)$/u, ''));
}

function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
