import type { Anchor } from '../../plan/gold-set.ts';
import type { CallLine } from '../record.ts';
import { retrievalQuality, type RetrievalQuality } from './quality.ts';
import { sectionMatcher } from './sections.ts';

/**
 * What the numbers of a run are worth. `nothing`: no call was measured, or the arm retrieved snippets but never said from which section.
 * `never match`: it did say, but no section is any of the gold set's, so that every number is 0 for want of a match.
 */
export type RetrievalStanding = 'measured' | 'never match' | 'nothing';

/** Measures a run's calls one by one, and says in the end whether that means anything. */
export interface RetrievalMeter {
  /** `undefined` for a call that was not answered, and where the anchors (none for an unanswerable question) name no section. */
  measure(
    call: Pick<CallLine, 'outcome' | 'retrieved'>,
    anchors: readonly Anchor[] | undefined,
  ): RetrievalQuality | undefined;
  standing(): RetrievalStanding;
}

/** `anchors`: all of the questions that are asked, whose sections any snippet may match. */
export function createRetrievalMeter(anchors: Iterable<Anchor>): RetrievalMeter {
  const isKnown = sectionMatcher(anchors);
  let [measured, snippets, inSections, matches] = [0, 0, 0, false];
  return {
    measure({ outcome, retrieved = [] }, own) {
      const quality = outcome === 'ok' && own !== undefined ? retrievalQuality(own, retrieved) : undefined;
      if (quality === undefined) return undefined;
      measured += 1;
      snippets += retrieved.length;
      for (const { section_id: section } of retrieved) if (section !== undefined) inSections += 1;
      matches ||= retrieved.some(isKnown);
      return quality;
    },
    standing() {
      if (measured === 0 || (snippets > 0 && inSections === 0)) return 'nothing';
      return matches || snippets === 0 ? 'measured' : 'never match';
    },
  };
}
