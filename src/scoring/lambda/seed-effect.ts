import { countsOf, groupedBy, pairsOf } from '../../base/counting.ts';
import type { CallLine } from '../record.ts';

/** Pairs of answered calls of one phrasing with different seeds, and how many of them are the same. */
export interface SeedPairs {
  readonly pairs: number;
  readonly same: number;
}

/**
 * Counts one question's pairs. Two calls are the same when their answers are equal (two absent ones are) and they retrieved the same texts in
 * the same order. Each seed is asked once a phrasing.
 */
export function seedPairs(calls: readonly CallLine[]): SeedPairs {
  let pairs = 0;
  let same = 0;
  const answered = calls.filter(({ outcome }) => outcome === 'ok');
  for (const ofPhrasing of groupedBy(answered, ({ phrasing }) => phrasing).values()) {
    pairs += pairsOf(ofPhrasing.length);
    for (const count of countsOf(ofPhrasing.map(signatureOf)).values()) same += pairsOf(count);
  }
  return { pairs, same };
}

/** Whether at least 95 % of the pairs are the same: two seeds that change nothing prove nothing. Never without pairs. */
export function seedHasNoEffect({ pairs, same }: SeedPairs): boolean {
  return pairs > 0 && same * 100 >= pairs * 95;
}

function signatureOf(call: CallLine): string {
  const texts = (call.retrieved ?? []).map((snippet) => snippet.text_sha256);
  return JSON.stringify([call.answer ?? null, texts]);
}
