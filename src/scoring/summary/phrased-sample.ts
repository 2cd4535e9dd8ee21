import { mean } from '../percentile.ts';
import type { PhrasedDistanceSummary } from '../sample-summary.ts';
import { addFinite, distanceSummary } from './sample.ts';

/** A sample that is told by phrasing too. */
export interface PhrasedSample {
  add(phrasing: number, value: number | undefined): void;
  /** `undefined` for an empty sample. */
  end(phrasings: number): PhrasedDistanceSummary | undefined;
}

export function createPhrasedSample(): PhrasedSample {
  const all: number[] = [];
  const byPhrasing: number[][] = [];
  return {
    add(phrasing, value) {
      addFinite(all, value);
      addFinite((byPhrasing[phrasing] ??= []), value);
    },
    end(phrasings) {
      const summary = distanceSummary(all);
      return summary && { ...summary, ...phrasingPart(byPhrasing, phrasings) };
    },
  };
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
