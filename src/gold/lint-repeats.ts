import { canonicalJson } from '../base/canonical.ts';
import type { ResolvedAnchor } from '../plan/gold-set.ts';
import { errorAt, show, type GoldFinding, type Place } from './finding.ts';
import type { GoldEntry } from './read.ts';
import type { ResolvedEntry } from './resolve.ts';

/** Phrasings that are the same words as an earlier one: after NFKC, without case, punctuation and space. */
export function repeatedPhrasings(entries: readonly GoldEntry[]): GoldFinding[] {
  const first = new Map<string, { readonly place: Place; readonly name: string }>();
  const findings: GoldFinding[] = [];
  for (const { place, question } of entries) {
    for (const [index, phrasing] of [question.question, ...question.paraphrases].entries()) {
      const key = wordsOf(phrasing);
      const name = index === 0 ? 'the question' : `paraphrases[${index - 1}]`;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, { place, name });
      else findings.push(repeated({ place, name, phrasing }, earlier));
    }
  }
  return findings;
}

function repeated(
  here: { readonly place: Place; readonly name: string; readonly phrasing: string },
  earlier: { readonly place: Place; readonly name: string },
): GoldFinding {
  const where = earlier.place === here.place ? earlier.name : `${earlier.name} of ${nameOf(earlier.place)}`;
  const words = {
    message: `${here.name} ${show(here.phrasing)} has the same words as ${where}`,
    hint: 'ask it in another way, or drop it: the same phrasing twice measures nothing new',
  };
  return errorAt(here.place, 'repeated_phrasing', words);
}

function wordsOf(phrasing: string): string {
  const folded = phrasing.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
  return folded.replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim() || phrasing;
}

/** Anchors of one question that an earlier question has too: the same span of a document, or the same text. */
export function sharedAnchors(resolved: readonly ResolvedEntry[]): GoldFinding[] {
  const owner = new Map<string, Place>();
  return resolved.flatMap(({ entry, question }) => {
    const keys = new Set(question.anchors.map((anchor) => spanOf(anchor)));
    const earlier = [...keys].map((key) => owner.get(key)).find((place) => place !== undefined);
    for (const key of keys) if (!owner.has(key)) owner.set(key, entry.place);
    if (earlier === undefined) return [];
    const words = {
      message: `has the same anchor as ${nameOf(earlier)}`,
      hint: 'one of the two questions adds nothing: ask about another section, or make it a paraphrase',
    };
    return [errorAt(entry.place, 'shared_anchor', words)];
  });
}

function spanOf({ source_url, section_id, offsets, text }: ResolvedAnchor): string {
  const span =
    source_url !== undefined && offsets !== undefined
      ? [source_url, offsets]
      : [source_url, section_id, text];
  return canonicalJson(span.map((part) => part ?? null));
}

function nameOf({ file, line, id }: Place): string {
  return id ?? `${file}:${line ?? 1}`;
}
