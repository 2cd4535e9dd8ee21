import { canonicalArrayParts, sha256OfParts } from '../base/canonical.ts';

/** A section of a source document that must be retrieved to answer a question; as written in the gold set. */
export interface Anchor {
  readonly source_url?: string;
  readonly section_id?: string;
  /** Half-open interval of Unicode code points in the document at `source_url`. */
  readonly offsets?: readonly [number, number];
  readonly text?: string;
}

/** An anchor with its text at hand, and the document's where the gold set ships it. */
export interface ResolvedAnchor extends Anchor {
  readonly text: string;
}

/** One gold item; phrasing 0 is `question`, phrasings 1..P are `paraphrases`. */
export interface Question {
  readonly id: string;
  readonly question: string;
  readonly paraphrases: readonly string[];
  readonly anchors: readonly ResolvedAnchor[];
  readonly answer?: string;
  readonly answerable: boolean;
  readonly tags: readonly string[];
}

export interface GoldSet {
  /** SHA-256 of the canonical form: the identity that runs are compared by. */
  readonly sha256: string;
  /** Where it was loaded from, as the user wrote it. */
  readonly path: string;
  /** Sorted by id, by code unit. */
  readonly questions: readonly Question[];
  /** Documents that the gold set ships or the corpus root holds, by `source_url`: for the ones that anchors name. */
  readonly documents: ReadonlyMap<string, string>;
}

/** The SHA-256 of the questions with the texts that their anchors have now: another one where a document under offset anchors was edited. */
export function resolvedSha256(questions: readonly Question[]): string {
  return sha256OfParts(canonicalArrayParts(questions));
}
