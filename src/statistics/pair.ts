import type { Evidence } from './evidence/evidence.ts';
import type { FieldReading } from './evidence/fields.ts';

/** What of a statistic is judged: the candidate's own value, or its relation to the baseline's over the same cells. */
export type Comparing = 'candidate' | 'difference' | 'ratio';

export interface Pair {
  readonly candidate: Evidence;
  readonly baseline: Evidence;
}

/** How what is missing is read on either arm: a baseline's missing measurement must not make the candidate look better. */
export interface PairReading {
  readonly candidate: FieldReading;
  readonly baseline: FieldReading;
}

/** As in the summaries, or the candidate at its worst beside the baseline at its best. */
export function readMissing(
  missing: 'absent' | 'worst',
  timeoutSeconds: { candidate: number; baseline: number },
): PairReading {
  return {
    candidate: { missing, timeoutSeconds: timeoutSeconds.candidate },
    baseline: { missing: missing === 'worst' ? 'best' : 'absent', timeoutSeconds: timeoutSeconds.baseline },
  };
}
