import {
  canonicalArrayParts,
  canonicalJson,
  compareCodeUnits,
  sha256,
  sha256OfParts,
} from '../base/canonical.ts';

/** A question as written: its known keys and any others. */
export type RawQuestion = Readonly<Record<string, unknown>>;

const defaults = { answerable: true, paraphrases: [], anchors: [], tags: [] };

/** The canonical form of a gold set: a compact array sorted by id, keys sorted, NFC, defaults filled in, anchors and unknown keys as written. */
export function goldCanonical(questions: readonly RawQuestion[]): string {
  return [...canonicalParts(questions)].join('');
}

/** A gold set's identity: the SHA-256 of its canonical form. The layout of its files does not matter. */
export function goldSha256(questions: readonly RawQuestion[]): string {
  return sha256OfParts(canonicalParts(questions));
}

function canonicalParts(questions: readonly RawQuestion[]): Iterable<string> {
  return canonicalArrayParts(withDefaults(questions.toSorted((a, b) => compareCodeUnits(idOf(a), idOf(b)))));
}

function* withDefaults(questions: readonly RawQuestion[]): Generator<RawQuestion> {
  for (const question of questions) yield { ...defaults, ...question };
}

/** The SHA-256 of each question's canonical form, by id: what tells which questions differ between two gold sets. */
export function fingerprintsOf(questions: readonly RawQuestion[]): ReadonlyMap<string, string> {
  return new Map(
    questions.map((question) => [idOf(question), sha256(canonicalJson({ ...defaults, ...question }))]),
  );
}

/** The ids of questions that differ, or stand in one of the two sets only; sorted by code unit. */
export function differingIds(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  const ids = new Set([...a.keys(), ...b.keys()]);
  return [...ids].filter((id) => a.get(id) !== b.get(id)).toSorted(compareCodeUnits);
}

function idOf(question: RawQuestion): string {
  return String(question['id']).normalize('NFC');
}
