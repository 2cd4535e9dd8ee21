import { diffWordsWithSpace } from 'diff';
import { element } from './elements.ts';

/** Differences beyond this many words take longer than anybody would read. */
const maxEdits = 2000;

/** Where less than this share of an answer is the same, single words that happen to be are no help. */
const leastKept = 0.4;

/** An answer with what the other arm's answer has not: inserted where it is the candidate's, deleted where it is the baseline's. */
export function answerParts({
  own,
  other,
  isCandidate,
}: {
  readonly own: string;
  readonly other: string;
  readonly isCandidate: boolean;
}): readonly (Node | string)[] {
  const [before, after] = isCandidate ? [other, own] : [own, other];
  const changes = diffWordsWithSpace(before, after, { maxEditLength: maxEdits, timeout: 80 });
  const kept =
    changes?.reduce((sum, { value, added, removed }) => (added || removed ? sum : sum + value.length), 0) ??
    0;
  if (changes === undefined || kept < leastKept * Math.min(own.length, other.length)) return [own];
  return changes.flatMap(({ value, added, removed }): (Node | string)[] => {
    if (added) return isCandidate ? [element('ins', {}, value)] : [];
    if (removed) return isCandidate ? [] : [element('del', {}, value)];
    return [value];
  });
}
