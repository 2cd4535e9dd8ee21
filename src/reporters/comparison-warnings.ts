/** A sentence for what makes a comparison less than it seems, by the finding's code. */
export const comparisonWarnings: Readonly<Record<string, string>> = {
  same_calls: 'both records hold the very same calls: one run is compared with itself',
  same_artifact: 'both arms report the same artifact: nothing is compared',
  same_answers: 'every answer is the same bytes on both arms: is one arm evaluated twice?',
  other_session: 'the arms were not asked in one session: latencies may differ for other reasons',
};
