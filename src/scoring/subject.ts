import { canonicalJson, sha256 } from '../base/canonical.ts';

/** The parts of a subject, and what a sentence calls them. */
export const subjectParts = {
  address: 'address of the arm',
  artifact: 'artifact',
  gold: 'gold set with the texts of its anchors',
  embedder: 'embedder',
  scoring: 'scoring options',
  view: 'view',
  plan: 'plan (paraphrases, seeds, questions)',
} as const;
export type SubjectPart = keyof typeof subjectParts;

/**
 * What the numbers of a run are about, each part as a SHA-256: two runs, or a run and a configuration, are about the same thing where no part
 * differs. A part that is not known is absent.
 */
export type Subject = Readonly<Partial<Record<SubjectPart, string>>>;

/** The parts in which two subjects differ, in the order of `subjectParts`; a part that one of them does not have is not compared. */
export function differences(a: Subject, b: Subject): readonly SubjectPart[] {
  return partNames.filter((part) => a[part] !== undefined && b[part] !== undefined && a[part] !== b[part]);
}

/** The parts that a subject lacks of those that another one has. */
export function missingParts(subject: Subject, wanted: Subject): readonly SubjectPart[] {
  return partNames.filter((part) => subject[part] === undefined && wanted[part] !== undefined);
}

/** Parts in a sentence, like "view and scoring options". */
export function describeParts(parts: readonly SubjectPart[]): string {
  const words = parts.map((part) => subjectParts[part]);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const partNames = Object.keys(subjectParts) as readonly SubjectPart[]; // the keys of the constant above

/** The hash of one part's value. */
export function partSha256(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** What of a plan decides which cells are asked; their order decides nothing. */
export interface PlannedCells {
  readonly paraphrases: number;
  readonly seeds: readonly number[];
  readonly limit?: number | undefined;
  readonly tag?: string | undefined;
}

export function planSha256({ paraphrases, seeds, limit, tag }: PlannedCells): string {
  return partSha256({ paraphrases, seeds: seeds.toSorted((a, b) => a - b), limit, tag });
}
