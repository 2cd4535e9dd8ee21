import { mean } from '../percentile.ts';
import type { CoverageMode, ScoreLine, Summary, View } from '../record.ts';
import { createPhrasedSample } from './phrased-sample.ts';
import { addFinite, distanceSummary, percentilesOf } from './sample.ts';
import { atLeast } from '../thresholds.ts';

/** The distances and the coverage of a run. */
export interface ScoreTally {
  /** One question's scores in plan order. */
  add(scores: readonly ScoreLine[]): void;
  /** One question's distances to its own anchor, by phrasing. */
  addQuestionAnchor(distances: readonly (number | undefined)[]): void;
  /** `phrasings` counts the question itself. */
  end(phrasings: number): Pick<Summary, 'semantic_distance' | 'coverage'>;
}

/** Coverage at which a call passes, for the share that is reported. */
export const passingCoverage = 0.7;

export function createScoreTally(view: View): ScoreTally {
  const questionRetrieved = createPhrasedSample();
  const questionAnchor = createPhrasedSample();
  const retrievedAnchor: number[] = [];
  const answerAnchor: number[] = [];
  const coverage: number[] = [];
  const modes: Record<CoverageMode, number> = { exact: 0, aligned: 0, mixed: 0 };
  const addScore = (score: ScoreLine): void => {
    questionRetrieved.add(score.phrasing, score.question_retrieved?.[view]);
    addFinite(retrievedAnchor, score.retrieved_anchor?.[view]);
    addFinite(answerAnchor, score.answer_anchor);
    addFinite(coverage, score.coverage);
    if (score.coverage_mode !== undefined) modes[score.coverage_mode] += 1;
  };
  return {
    add: (scores) => scores.forEach(addScore),
    addQuestionAnchor: (distances) =>
      distances.forEach((distance, phrasing) => questionAnchor.add(phrasing, distance)),
    end(phrasings) {
      const parts = {
        ...only('question_retrieved', questionRetrieved.end(phrasings)),
        ...only('question_anchor', questionAnchor.end(phrasings)),
        ...only('retrieved_anchor', distanceSummary(retrievedAnchor)),
        ...only('answer_anchor', distanceSummary(answerAnchor)),
      };
      return {
        ...(Object.keys(parts).length > 0 && { semantic_distance: parts }),
        ...only('coverage', coveragePart(coverage, modes)),
      };
    },
  };
}

function only<Key extends string, Part>(key: Key, part: Part | undefined): Partial<Record<Key, Part>> {
  const holder: Partial<Record<Key, Part>> = {};
  if (part !== undefined) holder[key] = part;
  return holder;
}

function coveragePart(
  sample: readonly number[],
  modes: Readonly<Record<CoverageMode, number>>,
): Summary['coverage'] {
  const average = mean(sample);
  if (average === undefined) return undefined;
  const passing = sample.filter((value) => atLeast(value, passingCoverage)).length;
  return {
    n: sample.length,
    mean: average,
    p05: percentilesOf(sample)(0.05),
    pass_share: passing / sample.length,
    ...modes,
  };
}
