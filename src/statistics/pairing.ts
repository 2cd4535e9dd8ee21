import type { Reading } from './fields.ts';
import type { Statistic } from './catalogue.ts';
import type { Estimator } from './estimator.ts';
import type { Evidence } from './evidence.ts';
import { flipColumn, type FlipKind, type MissingCalls } from './lambda.ts';
import { combined, meanOfQuestions, type Formula } from './means.ts';

/** What of a statistic is judged: the candidate's own value, or its relation to the baseline's over the same cells. */
export type Comparing = 'candidate' | 'difference' | 'ratio';

export interface Pair {
  readonly candidate: Evidence;
  readonly baseline: Evidence;
}

/** How what is missing is read on either arm: a baseline's missing measurement must not make the candidate look better. */
export interface PairReading {
  readonly candidate: Reading;
  readonly baseline: Reading;
}

/** As in the summaries. */
export function readMissing(missing: 'absent' | 'worst', timeoutSeconds: { candidate: number; baseline: number }): PairReading {
  return {
    candidate: { missing, timeoutSeconds: timeoutSeconds.candidate },
    baseline: { missing: missing === 'worst' ? 'best' : 'absent', timeoutSeconds: timeoutSeconds.baseline },
  };
}

/** The difference or the ratio of a statistic of two runs over the same cells, candidate over baseline. */
export function pairedFormula(
  statistic: Statistic,
  pair: Pair,
  options: { comparing: 'difference' | 'ratio'; reading: PairReading },
): Formula {
  const { comparing, reading } = options;
  const flip = flipKind(statistic.name);
  if (flip !== undefined && comparing === 'difference') return flipDifference(pair, flip, reading);
  const of = (evidence: Evidence, read: Reading): Estimator => statistic.estimate(evidence, read);
  return combined(of(pair.candidate, reading.candidate), of(pair.baseline, reading.baseline), (candidate, baseline) =>
    comparing === 'difference' ? candidate - baseline : candidate / baseline,
  );
}

function flipKind(name: string): FlipKind | undefined {
  const kind = /^lambda\.flip\.(all|phrasing|seed)$/u.exec(name)?.[1];
  return kind === 'all' || kind === 'phrasing' || kind === 'seed' ? kind : undefined;
}

/** The mean over the questions that flip rates exist for on both arms. */
function flipDifference({ candidate, baseline }: Pair, kind: FlipKind, reading: PairReading): Formula {
  const before = flipColumn(baseline, kind, missingOf(reading.baseline));
  return meanOfQuestions(
    flipColumn(candidate, kind, missingOf(reading.candidate)).map((rate, question) => rate - (before[question] ?? Number.NaN)),
  );
}

function missingOf({ missing }: Reading): MissingCalls {
  return missing;
}
