import { mean } from '../percentile.ts';
import type { CoverageMode, ScoreLine, Summary, View } from '../record.ts';
import { addFinite, distanceSummary, percentilesOf } from './sample.ts';
import { atLeast } from '../thresholds.ts';

/** The distances and the coverage of a run. */
export interface ScoreTally {
  /** One question's scores in plan order. */
  add(scores: readonly ScoreLine[]): void;
  /** `phrasings` counts the question itself. */
  end(phrasings: number): Pick<Summary, 'semantic_distance' | 'coverage'>;
}

/** Coverage at which a call passes, for the share that is reported. */
export const passingCoverage = 0.7;

export function createScoreTally(view: View): ScoreTally {
  const questionRetrieved: number[] = [];
  const byPhrasing: number[][] = [];
  const retrievedAnchor: number[] = [];
  const answerAnchor: number[] = [];
  const coverage: number[] = [];
  const modes: Record<CoverageMode, number> = { exact: 0, aligned: 0, mixed: 0 };
  const addScore = (score: ScoreLine): void => {
    addFinite(questionRetrieved, score.question_retrieved?.[view]);
    addFinite((byPhrasing[score.phrasing] ??= []), score.question_retrieved?.[view]);
    addFinite(retrievedAnchor, score.retrieved_anchor?.[view]);
    addFinite(answerAnchor, score.answer_anchor);
    addFinite(coverage, score.coverage);
    if (score.coverage_mode !== undefined) modes[score.coverage_mode] += 1;
  };
  return {
    add: (scores) => scores.forEach(addScore),
    end(phrasings) {
      const asked = distanceSummary(questionRetrieved);
      const parts = {
        ...(asked && { question_retrieved: { ...asked, ...phrasingPart(byPhrasing, phrasings) } }),
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

/** The worst of the paraphrases; the question itself is none. */
function phrasingPart(
  samples: readonly (readonly number[] | undefined)[],
  phrasings: number,
): { readonly by_phrasing: (number | null)[]; readonly worst_phrasing?: number } {
  const means = Array.from(
    { length: Math.max(phrasings, samples.length) },
    (_, phrasing) => mean(samples[phrasing] ?? []) ?? null,
  );
  const paraphrases = means.slice(1).filter((value) => value !== null);
  return { by_phrasing: means, ...(paraphrases.length > 0 && { worst_phrasing: Math.max(...paraphrases) }) };
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
