import type { Anchor } from '../../plan/gold-set.ts';
import type { SnippetReference } from '../record.ts';

/** Standard ranking metrics with binary relevance, each 0 to 1; as trec_eval's `recall_5`, `P_5`, `recip_rank`, `ndcg_cut_10`. */
export interface RetrievalQuality {
  readonly recallAt5: number;
  readonly precisionAt5: number;
  readonly reciprocalRank: number;
  readonly ndcgAt10: number;
}

/**
 * Metrics of a ranking in which an item counts at its first rank. Precision divides by 5 whatever the length; an empty ranking scores 0.
 * `relevant` is not empty.
 */
export function rankingQuality(ranked: readonly string[], relevant: ReadonlySet<string>): RetrievalQuality {
  let [rank, inFirstFive, reciprocalRank, gain, ideal] = [0, 0, 0, 0, 0];
  for (const item of new Set(ranked)) {
    rank += 1;
    if (!relevant.has(item)) continue;
    if (rank <= 5) inFirstFive += 1;
    if (rank <= 10) gain += discount(rank);
    if (reciprocalRank === 0) reciprocalRank = 1 / rank;
  }
  for (let best = 1; best <= Math.min(10, relevant.size); best += 1) ideal += discount(best);
  return {
    recallAt5: inFirstFive / relevant.size,
    precisionAt5: inFirstFive / 5,
    reciprocalRank,
    ndcgAt10: gain / ideal,
  };
}

/**
 * Metrics over sections: relevant are the sections that the anchors name. `undefined` when they name none. A snippet is in an anchor's section
 * when the `section_id` is equal and the `source_url` too, where both have one; a snippet without a section takes up a rank of its own.
 */
export function retrievalQuality(
  anchors: readonly Anchor[],
  retrieved: readonly SnippetReference[],
): RetrievalQuality | undefined {
  const named = anchors.filter((anchor) => anchor.section_id !== undefined);
  if (named.length === 0) return undefined;
  const ranked = retrieved.map((snippet, index) => {
    if (snippet.section_id === undefined) return `#${index}`;
    return sectionKey(named.find((anchor) => inSectionOf(snippet, anchor)) ?? snippet);
  });
  return rankingQuality(ranked, new Set(named.map(sectionKey)));
}

/** Whether a snippet is in the section that an anchor names. */
export function inSectionOf(
  snippet: Pick<SnippetReference, 'section_id' | 'source_url'>,
  anchor: Anchor,
): boolean {
  if (anchor.section_id === undefined || snippet.section_id !== anchor.section_id) return false;
  return (
    anchor.source_url === undefined ||
    snippet.source_url === undefined ||
    anchor.source_url === snippet.source_url
  );
}

/** Different for different sections: the length says where the id ends, and no rank looks like it. */
function sectionKey({
  section_id: id = '',
  source_url: url,
}: Pick<SnippetReference, 'section_id' | 'source_url'>): string {
  return url === undefined ? `${id.length}:${id}` : `${id.length}:${id}:${url}`;
}

function discount(rank: number): number {
  return 1 / Math.log2(rank + 1);
}
