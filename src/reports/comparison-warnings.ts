const sentences: Readonly<Record<string, string>> = {
  same_calls: 'both records hold the very same calls: one run is compared with itself',
  same_artifact: 'both arms report the same artifact: nothing is compared',
  same_answers: 'every answer is the same bytes on both arms: is one arm evaluated twice?',
  other_session: 'the arms were not asked in one session: latencies may differ for other reasons',
};

/** A sentence for what makes a comparison less than it seems, by the finding's code; `undefined` for a code that is none of ours. */
export function warningSentence(code: string): string | undefined {
  return Object.hasOwn(sentences, code) ? sentences[code] : undefined;
}
