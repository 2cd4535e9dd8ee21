import { codePointLength, codePointText } from '../../text/code-points.ts';
import type { CodePointText } from '../../text/code-points.ts';
import type { Anchor } from '../../plan/gold-set.ts';
import { tokenGrams } from '../../text/token-grams.ts';
import type { TokenGrams } from '../../text/token-grams.ts';
import { tokenize } from '../../text/tokens.ts';

/** An anchor as coverage needs it. */
export interface PreparedAnchor {
  readonly anchor: Anchor;
  /** Where its text stands in its document; absent where that is not known, or where the document has another text there. */
  readonly offsets?: readonly [number, number];
  readonly text: CodePointText;
  /** Its tokens with their code points in the anchor's text, and their place among all counted tokens (shared ones count once). */
  readonly tokens: readonly { readonly start: number; readonly end: number; readonly index: number }[];
}

/** A question's anchors, tokenised once for all its calls. */
export interface PreparedAnchors {
  readonly anchors: readonly PreparedAnchor[];
  /** Tokens to cover, over all anchors. */
  readonly tokenCount: number;
  readonly grams: TokenGrams;
  /** The document at a `source_url`, where it is at hand. */
  documentAt(sourceUrl: string | undefined): CodePointText | undefined;
}

/** Prepares a question's anchors; an anchor without text takes its document's at its offsets, if there is one. */
export function prepareAnchors(
  anchors: readonly Anchor[],
  documents: ReadonlyMap<string, string> = new Map(),
): PreparedAnchors {
  const documentAt = documentIndex(documents);
  const places = new Map<string, number>();
  const located = anchors.map((anchor) => locate(anchor, documentAt(anchor.source_url)));
  const tokenLists = located.map(({ text }) => tokenize(text));
  const prepared = located.map((anchor, number) => {
    const tokens = tokenLists[number] ?? [];
    const source = anchor.offsets === undefined ? `${number}` : documentKey(anchor.anchor, number);
    const base = anchor.offsets?.[0] ?? 0;
    const index = (start: number, end: number, repeat: number): number =>
      placeOf(places, `${base + start} ${base + end} ${repeat} ${source}`);
    const placed = tokens.map(({ start, end }, order) => ({
      start,
      end,
      index: index(start, end, repeatOf(tokens, order)),
    }));
    return { ...anchor, text: codePointText(anchor.text), tokens: placed };
  });
  const grams = tokenGrams(tokenLists.map((tokens) => tokens.map(({ token }) => token)));
  return { anchors: prepared, tokenCount: places.size, grams, documentAt };
}

/** Whether these are the offsets of an interval at all. */
export function areOffsets(offsets: readonly [number, number]): boolean {
  const [start, end] = offsets;
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end;
}

function documentIndex(documents: ReadonlyMap<string, string>): PreparedAnchors['documentAt'] {
  const indexed = new Map<string, CodePointText>();
  return (sourceUrl) => {
    const text = sourceUrl === undefined ? undefined : documents.get(sourceUrl);
    if (sourceUrl === undefined || text === undefined) return undefined;
    const known = indexed.get(sourceUrl) ?? codePointText(text);
    indexed.set(sourceUrl, known);
    return known;
  };
}

interface LocatedAnchor {
  readonly anchor: Anchor;
  readonly text: string;
  readonly offsets?: readonly [number, number];
}

function locate(anchor: Anchor, document: CodePointText | undefined): LocatedAnchor {
  const { offsets, text } = anchor;
  const unlocated = { anchor, text: text ?? '' };
  if (offsets === undefined || !areOffsets(offsets)) return unlocated;
  if (document === undefined)
    return codePointLength(unlocated.text) === offsets[1] - offsets[0]
      ? { ...unlocated, offsets }
      : unlocated;
  const slice = offsets[1] <= document.length ? document.slice(offsets[0], offsets[1]) : undefined;
  return slice === undefined || (text !== undefined && text !== slice)
    ? unlocated
    : { anchor, text: slice, offsets };
}

/** What tells documents apart: numbers and JSON strings and lists are never equal. */
function documentKey(anchor: Anchor, number: number): string {
  return JSON.stringify(anchor.source_url ?? [anchor.section_id ?? number]);
}

/** One character can become several tokens with one span; they are told apart by their order. */
function repeatOf(tokens: readonly { readonly start: number }[], order: number): number {
  let repeat = 0;
  while (tokens[order - repeat - 1]?.start === tokens[order]?.start && repeat < order) repeat += 1;
  return repeat;
}

function placeOf(places: Map<string, number>, key: string): number {
  const place = places.get(key) ?? places.size;
  places.set(key, place);
  return place;
}
