import type { Question } from '../plan/gold-set.ts';
import { nearestDistance } from './semantic-distance.ts';

/** A question in all its phrasings. */
export interface PhrasedQuestion {
  readonly question: Question;
  /** Texts as asked, by phrasing. */
  readonly phrasings: readonly string[];
}

/** The texts whose vectors `questionAnchorDistances` asks for: none where there is no anchor to be found. */
export function textsOfQuestionAnchor({ question, phrasings }: PhrasedQuestion): readonly string[] {
  if (!question.answerable || question.anchors.length === 0) return [];
  return [...phrasings, ...question.anchors.map(({ text }) => text)];
}

/**
 * ΔS of each phrasing to the question's nearest anchor: what ΔS(question, retrieved) would be, had the arm retrieved exactly what answers the
 * question. No limit below it can be met by retrieving better. Empty where there is no anchor to be found.
 */
export function questionAnchorDistances(
  { question, phrasings }: PhrasedQuestion,
  vectorOf: (text: string) => Float32Array,
): readonly (number | undefined)[] {
  if (!question.answerable || question.anchors.length === 0) return [];
  const anchors = question.anchors.map(({ text }) => vectorOf(text));
  return phrasings.map((phrasing) => nearestDistance(vectorOf(phrasing), anchors));
}
