import type { CallFinding, Snippet } from '../answer.ts';
import { codePointLength, codePointText } from '../../text/code-points.ts';
import type { CodePointText } from '../../text/code-points.ts';
import { areOffsets } from './anchors.ts';
import type { PreparedAnchor, PreparedAnchors } from './anchors.ts';
import type { Anchor } from '../../plan/gold-set.ts';

/** How a snippet is compared with the anchors: by its place in those it is exact for (none: another source), or by its text. */
export type SnippetPlace =
  | {
      readonly mode: 'exact';
      readonly interval: readonly [number, number];
      readonly anchors: readonly PreparedAnchor[];
      readonly finding?: CallFinding;
    }
  | { readonly mode: 'aligned'; readonly finding?: CallFinding };

type Claim = 'holds' | 'disagrees' | 'invalid';
type Relation = 'same' | 'different' | 'unknown';

/**
 * Decides by the spec page "metrics", section Coverage. Where a source cannot be compared at all (no `source_url` and no `section_id` that
 * both have), the snippet is aligned: only a source that differs covers nothing. It does so even where its text is not the slice it claims
 * there, for that depends on which documents happen to be at hand; the finding tells.
 */
export function placeOfSnippet(snippet: Snippet, prepared: PreparedAnchors): SnippetPlace {
  const { offsets } = snippet;
  if (offsets === undefined) return { mode: 'aligned' };
  if (!areOffsets(offsets)) return { mode: 'aligned', finding: { code: 'offsets_invalid' } };
  const claim = claimAgainstDocument(snippet, offsets, prepared.documentAt(snippet.source_url));
  const relations = prepared.anchors.map(({ anchor }) => relationOf(snippet, anchor));
  if (claim !== 'invalid' && relations.every((relation) => relation === 'different')) {
    return { mode: 'exact', interval: offsets, anchors: [], ...findingOf(claim) };
  }
  const sameSource = prepared.anchors.filter((_, index) => relations[index] === 'same');
  if (claim !== 'holds' || sameSource.length === 0) return { mode: 'aligned', ...findingOf(claim) };
  return placeInSource(snippet, { offsets, sameSource, prepared });
}

interface SameSource {
  readonly offsets: readonly [number, number];
  readonly sameSource: readonly PreparedAnchor[];
  readonly prepared: PreparedAnchors;
}

/**
 * A snippet without a `source_url` may be in any of several documents that have a section of that name: it is exact in those where no text
 * speaks against its claim, and disagrees only if every document does.
 */
function placeInSource(snippet: Snippet, { offsets, sameSource, prepared }: SameSource): SnippetPlace {
  const exact: PreparedAnchor[] = [];
  let worst: Claim = 'holds';
  const urls = new Set(sameSource.map((anchor) => urlOf(anchor, snippet)));
  for (const url of urls) {
    const anchors = sameSource.filter((anchor) => urlOf(anchor, snippet) === url);
    const claims = anchors.map((anchor) => claimAgainstAnchor(snippet, offsets, { anchor, prepared }));
    const refuted = claims.find((claim) => claim !== 'holds');
    if (refuted === undefined) exact.push(...anchors.filter((anchor) => anchor.offsets !== undefined));
    else worst = refuted;
  }
  if (exact.length > 0) return { mode: 'exact', interval: offsets, anchors: exact };
  return { mode: 'aligned', ...findingOf(worst) };
}

function urlOf({ anchor }: PreparedAnchor, snippet: Snippet): string | undefined {
  return anchor.source_url ?? snippet.source_url;
}

function claimAgainstDocument(
  snippet: Snippet,
  [start, end]: readonly [number, number],
  document: CodePointText | undefined,
): Claim {
  if (document === undefined) return 'holds';
  if (end > document.length) return 'invalid';
  return document.slice(start, end) === snippet.text ? 'holds' : 'disagrees';
}

interface AgainstAnchor {
  readonly anchor: PreparedAnchor;
  readonly prepared: PreparedAnchors;
}

/** With only the anchor's text at hand: equal where the two overlap, and as long as claimed. */
function claimAgainstAnchor(
  snippet: Snippet,
  offsets: readonly [number, number],
  { anchor, prepared }: AgainstAnchor,
): Claim {
  const document = prepared.documentAt(anchor.anchor.source_url);
  if (document !== undefined) return claimAgainstDocument(snippet, offsets, document);
  if (anchor.offsets === undefined) return 'holds';
  const [start, end] = offsets;
  if (codePointLength(snippet.text) !== end - start) return 'disagrees';
  const from = Math.max(start, anchor.offsets[0]);
  const to = Math.min(end, anchor.offsets[1]);
  if (from >= to) return 'holds';
  const own = codePointText(snippet.text).slice(from - start, to - start);
  return own === anchor.text.slice(from - anchor.offsets[0], to - anchor.offsets[0]) ? 'holds' : 'disagrees';
}

function relationOf(snippet: Snippet, anchor: Anchor): Relation {
  const url = compared(snippet.source_url, anchor.source_url);
  const section = compared(snippet.section_id, anchor.section_id);
  if (url === 'different' || section === 'different') return 'different';
  return url === 'same' || section === 'same' ? 'same' : 'unknown';
}

function compared(a: string | undefined, b: string | undefined): Relation {
  if (a === undefined || b === undefined) return 'unknown';
  return a === b ? 'same' : 'different';
}

function findingOf(claim: Claim): { readonly finding?: CallFinding } {
  if (claim === 'holds') return {};
  return { finding: { code: claim === 'invalid' ? 'offsets_invalid' : 'offsets_disagree' } };
}
