import { spacedTokens } from '../text/tokens.ts';

const unable = ['i am', "i'm", 'i was', 'we are', "we're", 'we were'].flatMap((who) => [
  `${who} unable to`,
  `${who} not able to`,
]);
const cannot = ['i', 'we'].flatMap((who) =>
  ['cannot', 'can not', "can't", 'could not', "couldn't"].map((verb) => `${who} ${verb}`),
);
const acts = [
  'answer',
  'find',
  'provide',
  'determine',
  'help with',
  'help you with',
  'assist with',
  'tell from',
  'say from',
  'confirm',
];
const notThere = ['do not', "don't", 'does not', "doesn't", 'did not', "didn't"];
const having = ['have', 'contain', 'provide', 'include', 'hold', 'give'];
const what = [
  'information',
  'any information',
  'enough information',
  'sufficient information',
  'the information',
  'the answer',
  'an answer',
];

/** English phrases by which an answer is recognised as a refusal when nothing else is configured. */
export const defaultRefusalPhrases: readonly string[] = [
  ...[...cannot, ...unable].flatMap((start) => acts.map((act) => `${start} ${act}`)),
  ...notThere.flatMap((no) => having.flatMap((verb) => what.map((noun) => `${no} ${verb} ${noun}`))),
  ...['i do not', "i don't", 'we do not', "we don't"].flatMap((start) => [
    `${start} know`,
    `${start} have access to`,
  ]),
  ...['cannot', "can't", 'could not'].flatMap((no) => [
    `question ${no} be answered`,
    `this ${no} be answered`,
    `that ${no} be answered`,
  ]),
  ...['does not', "doesn't", 'do not', "don't"].flatMap((no) => [
    `${no} answer this question`,
    `${no} answer the question`,
    `${no} answer that question`,
  ]),
  ...['context', 'provided', 'documents', 'document', 'handbook', 'sources'].flatMap((source) => [
    `not mentioned in the ${source}`,
    `not covered in the ${source}`,
    `not covered by the ${source}`,
    `not found in the ${source}`,
    `not in the ${source}`,
  ]),
  ...['outside the scope', 'beyond the scope', 'out of scope'].flatMap((scope) => [
    `question is ${scope}`,
    `this is ${scope}`,
    `that is ${scope}`,
  ]),
  'there is no information',
  'there is not enough information',
  "there isn't enough information",
  'no information about',
  'no relevant information',
  'insufficient information',
  'no answer was found',
  'no answer could be found',
];

const openingUnits = 2000;
const openingSentences = 2;

/**
 * Whether an answer opens with a refusal: one of the phrases stands, as whole words, within one of its first two sentences (and its first 2,000
 * characters). Case, punctuation and the form of apostrophes do not matter. Later in an answer the same words are a remark, not a refusal:
 * "Flip the alias. What happens to DNS caches is out of scope." answers the question.
 */
export function isRefusal(answer: string, phrases: readonly string[]): boolean {
  const byFirstWord = indexed(phrases);
  const opening = sentencesOf(answer.slice(0, openingUnits)).slice(0, openingSentences).map(spacedTokens);
  return opening.some((sentence) =>
    sentence
      .split(' ')
      .some((word) => byFirstWord.get(word)?.some((phrase) => sentence.includes(phrase)) === true),
  );
}

/** Sentences with any words in them; an end mark counts where a space or the end follows, so that "0.35" and "S_1.md" stay whole. */
function sentencesOf(text: string): string[] {
  return text.split(/(?:[.!?]+(?=\s|$)|[。！？\n])/u).filter((sentence) => /[\p{L}\p{Nd}]/u.test(sentence));
}

type PhraseIndex = ReadonlyMap<string, readonly string[]>;

/** A run asks with the same list of phrases for every answer. */
const indexes = new WeakMap<readonly string[], PhraseIndex>();

/** Phrases as spaced tokens, by their first word: a sentence is compared with those few that can begin in it. */
function indexed(phrases: readonly string[]): PhraseIndex {
  const known = indexes.get(phrases);
  if (known !== undefined) return known;
  const index = new Map<string, string[]>();
  for (const phrase of phrases.map(spacedTokens)) {
    const [, first] = phrase.split(' ');
    if (first !== undefined && first !== '') index.set(first, [...(index.get(first) ?? []), phrase]);
  }
  indexes.set(phrases, index);
  return index;
}
