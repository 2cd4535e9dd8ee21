import type { Question } from '../plan/gold-set.ts';
import { questionAnchorDistances, textsOfQuestionAnchor } from '../scoring/question-anchor.ts';
import type { PhrasedDistanceSummary } from '../scoring/sample-summary.ts';
import { nearestDistance } from '../scoring/semantic-distance.ts';
import { createPhrasedSample } from '../scoring/summary/phrased-sample.ts';

/** How far questions are from the sections that answer them: what no limit on ΔS(question, retrieved) can be below. */
export interface Calibration {
  /** Of every phrasing to the question's own anchor; absent without anchors. */
  readonly question_anchor?: PhrasedDistanceSummary;
  /** Share of pairs in which a question is nearer to its own anchor than to another question's: 0.5 is chance. Absent without others. */
  readonly separation?: number;
}

/** Measures a gold set with an embedder. `embed` gives the vectors of texts, in their order. */
export async function calibrate(
  questions: readonly Question[],
  embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
): Promise<Calibration> {
  const phrased = questions
    .filter(({ answerable, anchors }) => answerable && anchors.length > 0)
    .map((question) => ({ question, phrasings: [question.question, ...question.paraphrases] }));
  const texts = [...new Set(phrased.flatMap(textsOfQuestionAnchor))];
  const vectors = texts.length === 0 ? [] : await embed(texts);
  const byText = new Map(texts.map((text, index) => [text, vectors[index] ?? new Float32Array()]));
  const vectorOf = (text: string): Float32Array => byText.get(text) ?? new Float32Array();
  const sample = createPhrasedSample();
  const own: number[] = [];
  for (const question of phrased)
    questionAnchorDistances(question, vectorOf).forEach((distance, phrasing) => {
      sample.add(phrasing, distance);
      if (distance !== undefined) own.push(distance);
    });
  const summary = sample.end(Math.max(0, ...phrased.map(({ phrasings }) => phrasings.length)));
  const separation = shareBelow(own, othersOf(phrased, vectorOf));
  return { ...(summary && { question_anchor: summary }), ...(separation !== undefined && { separation }) };
}

type Phrased = ReadonlyArray<{ readonly question: Question; readonly phrasings: readonly string[] }>;

/** The distance of every phrasing to the nearest anchor of every other question. */
function othersOf(phrased: Phrased, vectorOf: (text: string) => Float32Array): readonly number[] {
  const anchors = phrased.map(({ question }) => question.anchors.map(({ text }) => vectorOf(text)));
  return phrased.flatMap(({ phrasings }, own) =>
    phrasings
      .map(vectorOf)
      .flatMap((vector) =>
        anchors.flatMap((targets, other) => (other === own ? [] : (nearestDistance(vector, targets) ?? []))),
      ),
  );
}

/** The area under the ROC curve: the share of pairs in which the first is the smaller one, half of those that are equal. */
function shareBelow(first: readonly number[], second: readonly number[]): number | undefined {
  if (first.length === 0 || second.length === 0) return undefined;
  const [own, others] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()];
  let [below, notAbove, pairs] = [0, 0, 0];
  for (const value of own) {
    while (below < others.length && (others[below] ?? 0) < value) below += 1;
    notAbove = Math.max(notAbove, below);
    while (notAbove < others.length && (others[notAbove] ?? 0) <= value) notAbove += 1;
    pairs += others.length - notAbove + (notAbove - below) / 2;
  }
  return pairs / (own.length * others.length);
}
