import type { CallFinding, Snippet } from '../answer.ts';
import type { PreparedAnchor, PreparedAnchors } from './anchors.ts';
import { placeOfSnippet } from './sources.ts';
import type { SnippetPlace } from './sources.ts';
import type { CoverageMode } from '../record.ts';

export interface Coverage {
  /** Covered anchor tokens over anchor tokens, 0 to 1; absent when the anchors have no tokens. */
  readonly coverage?: number;
  readonly covered: number;
  readonly tokens: number;
  /** Absent without snippets. */
  readonly mode?: CoverageMode;
  /** `offsets_disagree` and `offsets_invalid`, each at most once. */
  readonly findings: readonly CallFinding[];
}

/**
 * Share of the anchors' tokens that the snippets hold together, by the spec page "metrics", section Coverage. The order of the snippets does
 * not matter. Linear in the texts, but for sorting the intervals.
 */
export function coverage(prepared: PreparedAnchors, snippets: readonly Snippet[]): Coverage {
  const places = snippets.map((snippet) => placeOfSnippet(snippet, prepared));
  const covered = marksOf(prepared, snippets, places).reduce((sum, mark) => sum + mark, 0);
  const tokens = prepared.tokenCount;
  const mode = modeOf(snippets.length, places.filter((place) => place.mode === 'aligned').length);
  return {
    ...(tokens > 0 && { coverage: covered / tokens }),
    covered,
    tokens,
    ...(mode && { mode }),
    findings: findingsOf(places),
  };
}

/** Which of the anchors' tokens the snippets hold together: 1 at a covered token's `index`. */
export function coveredTokens(prepared: PreparedAnchors, snippets: readonly Snippet[]): Uint8Array {
  return marksOf(
    prepared,
    snippets,
    snippets.map((snippet) => placeOfSnippet(snippet, prepared)),
  );
}

function marksOf(
  prepared: PreparedAnchors,
  snippets: readonly Snippet[],
  places: readonly SnippetPlace[],
): Uint8Array {
  const alignedTexts = snippets
    .filter((_, index) => places[index]?.mode === 'aligned')
    .map(({ text }) => text);
  const marks = new Uint8Array(prepared.tokenCount);
  markExact(prepared, places, marks);
  markAligned(prepared, alignedTexts, marks);
  return marks;
}

function modeOf(snippets: number, alignedOnes: number): CoverageMode | undefined {
  if (snippets === 0) return undefined;
  if (alignedOnes === 0) return 'exact';
  return alignedOnes === snippets ? 'aligned' : 'mixed';
}

function findingsOf(places: readonly SnippetPlace[]): CallFinding[] {
  const codes = new Set(places.flatMap((place) => (place.finding ? [place.finding.code] : [])));
  return [...codes].sort().map((code) => ({ code }));
}

type Interval = readonly [number, number];

function markExact(prepared: PreparedAnchors, places: readonly SnippetPlace[], marks: Uint8Array): void {
  const intervals = new Map<PreparedAnchor, Interval[]>(prepared.anchors.map((anchor) => [anchor, []]));
  for (const place of places) {
    if (place.mode === 'exact')
      for (const anchor of place.anchors) intervals.get(anchor)?.push(place.interval);
  }
  for (const [anchor, ofAnchor] of intervals) markWithin(anchor, united(ofAnchor), marks);
}

function united(intervals: readonly Interval[]): Interval[] {
  const union: [number, number][] = [];
  for (const [start, end] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = union.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([start, end]);
  }
  return union;
}

/** Tokens and intervals both go forward; so one pass over each. */
function markWithin(anchor: PreparedAnchor, union: readonly Interval[], marks: Uint8Array): void {
  const base = anchor.offsets?.[0] ?? 0;
  let current = 0;
  for (const token of anchor.tokens) {
    while ((union[current]?.[1] ?? Infinity) < base + token.end) current += 1;
    const interval = union[current];
    if (interval !== undefined && interval[0] <= base + token.start) marks[token.index] = 1;
  }
}

function markAligned(prepared: PreparedAnchors, texts: readonly string[], marks: Uint8Array): void {
  const found = new Set<number>();
  for (const text of texts) prepared.grams.findIn(text, found);
  if (found.size === 0) return;
  prepared.grams.lists.forEach(({ size, grams }, number) => {
    const tokens = prepared.anchors[number]?.tokens ?? [];
    let reach = 0;
    tokens.forEach((token, order) => {
      const gram = grams[order];
      if (gram !== undefined && found.has(gram)) reach = order + size;
      if (order < reach) marks[token.index] = 1;
    });
  });
}
