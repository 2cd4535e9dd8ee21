import type { Evidence } from './evidence/evidence.ts';

/** Runs that are looked at together. */
interface Runs {
  readonly candidate: Evidence;
  readonly baseline?: Evidence | undefined;
}

/**
 * Takes ranking metrics that are 0 for want of a match for what they are: not measured. Only where the baseline's section ids are the gold
 * set's is it the candidate's fault that none of its own is.
 */
export function withMatchingSections<Given extends Runs>(runs: Given): Given {
  const { candidate, baseline } = runs;
  const isMeasured = baseline?.retrieval !== undefined && baseline.sectionsNeverMatch !== true;
  return {
    ...runs,
    candidate: isMeasured ? candidate : withoutUnmatched(candidate),
    ...(baseline && { baseline: withoutUnmatched(baseline) }),
  };
}

function withoutUnmatched(evidence: Evidence): Evidence {
  return evidence.sectionsNeverMatch === true ? { ...evidence, retrieval: undefined } : evidence;
}
