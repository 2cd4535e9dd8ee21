import { cosineDistance, nearestDistance } from '../scoring/semantic-distance.ts';
import { atMost, rounded } from '../scoring/thresholds.ts';
import { errorAt, warningAt, type GoldFinding, type Place } from './finding.ts';
import type { ResolvedEntry } from './resolve.ts';

/** One L2-normalised vector a text, in the order of the texts. */
export type EmbedTexts = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

/** ΔS above which a distance is a warning, and above which it is an error. */
interface Limits {
  readonly warning: number;
  readonly error: number;
}

const anchorLimits: Limits = { warning: 0.35, error: 0.45 };
const paraphraseLimits: Limits = { warning: 0.5, error: 0.6 };

type VectorOf = (text: string) => Float32Array;

/** ΔS(question, anchor), ΔS(question, paraphrase), and whether a paraphrase is nearer to another question than to its own. */
export async function lintDistances(
  resolved: readonly ResolvedEntry[],
  embed: EmbedTexts,
): Promise<GoldFinding[]> {
  const vectorOf = await vectorsOf(resolved, embed);
  const questions = resolved.map(({ question }) => ({
    id: question.id,
    vector: vectorOf(question.question),
  }));
  return resolved.flatMap((one, index) => [
    ...anchorFindings(one, vectorOf),
    ...paraphraseFindings(one, { vectorOf, questions, index }),
  ]);
}

async function vectorsOf(resolved: readonly ResolvedEntry[], embed: EmbedTexts): Promise<VectorOf> {
  const texts = [
    ...new Set(
      resolved.flatMap(({ question }) => [
        question.question,
        ...question.paraphrases,
        ...question.anchors.map((anchor) => anchor.text),
      ]),
    ),
  ];
  const vectors = texts.length === 0 ? [] : await embed(texts);
  const byText = new Map(texts.map((text, index) => [text, vectors[index]]));
  return (text) => byText.get(text) ?? new Float32Array(0);
}

function anchorFindings({ entry, question }: ResolvedEntry, vectorOf: VectorOf): GoldFinding[] {
  if (!question.answerable || question.anchors.length === 0) return [];
  const distance =
    nearestDistance(
      vectorOf(question.question),
      question.anchors.map((anchor) => vectorOf(anchor.text)),
    ) ?? 1;
  const hint = 'ask in words nearer to the section, or anchor the section that really answers it';
  return limitFindings(distance, anchorLimits, {
    place: entry.place,
    code: 'question_far_from_anchor',
    name: 'ΔS(question, anchor)',
    hint,
  });
}

interface Others {
  readonly vectorOf: VectorOf;
  readonly questions: readonly { readonly id: string; readonly vector: Float32Array }[];
  /** Which of the questions is the paraphrase's own. */
  readonly index: number;
}

function paraphraseFindings(
  { entry, question }: ResolvedEntry,
  { vectorOf, questions, index }: Others,
): GoldFinding[] {
  return question.paraphrases.flatMap((paraphrase, position) => {
    const vector = vectorOf(paraphrase);
    const own = cosineDistance(vector, vectorOf(question.question)) ?? 1;
    const name = `paraphrases[${position}]`;
    const far = limitFindings(own, paraphraseLimits, {
      place: entry.place,
      code: 'paraphrase_far_from_question',
      name: `ΔS(question, ${name})`,
      hint: 'say the same thing in other words; a different question needs an id and an anchor of its own',
    });
    const nearer = nearestOther(vector, questions, index);
    if (nearer === undefined || rounded(nearer.distance) >= rounded(own)) return far;
    const words = {
      message: `${name} is nearer to ${nearer.id} (ΔS ${nearer.distance.toFixed(3)}) than to its own question (${own.toFixed(3)})`,
      hint: `reword the paraphrase so that it can only mean this question, or tell the two questions apart`,
    };
    return [...far, errorAt(entry.place, 'paraphrase_nearer_to_other', words)];
  });
}

function nearestOther(
  vector: Float32Array,
  questions: Others['questions'],
  own: number,
): { readonly id: string; readonly distance: number } | undefined {
  let nearest: { readonly id: string; readonly distance: number } | undefined;
  questions.forEach((other, index) => {
    if (index === own) return;
    const distance = cosineDistance(vector, other.vector) ?? 1;
    if (nearest === undefined || distance < nearest.distance) nearest = { id: other.id, distance };
  });
  return nearest;
}

interface Judged {
  readonly place: Place;
  readonly code: string;
  readonly name: string;
  readonly hint: string;
}

function limitFindings(distance: number, limits: Limits, { place, code, name, hint }: Judged): GoldFinding[] {
  if (atMost(distance, limits.warning)) return [];
  const error = !atMost(distance, limits.error);
  const words = {
    message: `${name} is ${distance.toFixed(3)}: expected at most ${error ? limits.error : limits.warning}`,
    hint,
  };
  return [error ? errorAt(place, code, words) : warningAt(place, code, words)];
}
