import type { Anchor, Question } from '../plan/gold-set.ts';
import { sha256 } from '../base/canonical.ts';
import { spacedTokens } from '../text/tokens.ts';

/** A shorter text, like "Yes.", may be the answer to many questions. */
const fewestTokens = 4;
const fewestQuestions = 3;
const smallestShare = 0.05;
/** Digits of a hash that tell the answers of a run apart. */
const keyLength = 16;

/** Whether a text is an answer that the arm gives whatever it is asked. */
export type IsRepeated = (answer: string) => boolean;

export const neverRepeated: IsRepeated = () => false;

export interface AnswerCounter {
  /** Adds an answer to the question at this place of the plan. */
  add(questionIndex: number, answer: string): void;
  /**
   * Repeated is a text of at least 4 tokens that at least 3 answerable questions, no two of which have an anchor in common, and at least 5 % of all
   * questions got (the spec page "metrics", section λ). Case and punctuation do not matter.
   */
  end(questions: readonly Question[]): IsRepeated;
}

/** Counts which answers many questions got; of the texts it keeps hashes. */
export function createAnswerCounter(): AnswerCounter {
  const askers = new Map<string, number | Set<number>>();
  return {
    add(questionIndex, answer) {
      const key = keyOf(answer);
      if (key === undefined) return;
      const known = askers.get(key);
      if (known === undefined) askers.set(key, questionIndex);
      else if (typeof known !== 'number') known.add(questionIndex);
      else if (known !== questionIndex) askers.set(key, new Set([known, questionIndex]));
    },
    end(questions) {
      const repeated = new Set<string>();
      for (const [key, got] of askers)
        if (typeof got !== 'number' && isGivenToAnything(got, questions)) repeated.add(key);
      askers.clear();
      return repeated.size === 0 ? neverRepeated : (answer) => repeated.has(keyOf(answer) ?? '');
    },
  };
}

function keyOf(answer: string): string | undefined {
  const tokens = spacedTokens(answer);
  const count = tokens.split(' ').length - 2;
  return count < fewestTokens ? undefined : sha256(tokens).slice(0, keyLength);
}

function isGivenToAnything(got: ReadonlySet<number>, questions: readonly Question[]): boolean {
  const asked = [...got].flatMap((index) => questions[index] ?? []).filter(({ answerable }) => answerable);
  if (asked.length < Math.max(fewestQuestions, smallestShare * questions.length)) return false;
  const apart: Question[] = [];
  for (const question of asked) {
    if (apart.length >= fewestQuestions) break;
    if (!apart.some((other) => haveCommonAnchor(other, question))) apart.push(question);
  }
  return apart.length >= fewestQuestions;
}

function haveCommonAnchor({ anchors: some }: Question, { anchors: others }: Question): boolean {
  return some.some((one) => others.some((other) => overlap(one, other)));
}

function overlap(a: Anchor, b: Anchor): boolean {
  if (a.text === b.text) return true;
  const isSamePlace =
    a.source_url === b.source_url && (a.source_url !== undefined || a.section_id === b.section_id);
  if (!isSamePlace) return false;
  if (a.offsets === undefined || b.offsets === undefined)
    return a.section_id !== undefined && a.section_id === b.section_id;
  return a.offsets[0] < b.offsets[1] && b.offsets[0] < a.offsets[1];
}
