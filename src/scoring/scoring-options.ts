import { canonicalJson, sha256 } from '../base/canonical.ts';
import type { RecordedScoring, View } from './record.ts';
import { defaultRefusalPhrases } from './refusals/refusal.ts';
import { partSha256 } from './subject.ts';

/** The constants of the scores, as configured; part of the configuration's hash. */
export interface ScoringOptions {
  readonly view: View;
  /** Coverage at which a call counts as anchored. */
  readonly anchoredCoverage: number;
  /** Largest ΔS(answer, medoid) at which an answer agrees. */
  readonly agreementDistance: number;
  /** Smallest Jaccard overlap of snippet ids at which a retrieval agrees. */
  readonly agreementOverlap: number;
  /** Whether this arm's answers must name citations. */
  readonly cites: boolean;
  /** Phrases (lower case) by which a refusal is recognised. */
  readonly refusalPhrases: readonly string[];
  readonly toolLoop: ToolLoopOptions;
}

/** The hash of the options that scores depend on; the view is a part of a subject of its own. */
export function scoringSha256(options: ScoringOptions): string {
  return partSha256({ ...options, view: undefined });
}

/** The options as a record has them. */
export function recordedScoring(options: ScoringOptions): RecordedScoring {
  const { repeats, cycles, maxCalls } = options.toolLoop;
  return {
    anchored_coverage: options.anchoredCoverage,
    agreement_distance: options.agreementDistance,
    agreement_overlap: options.agreementOverlap,
    cites: options.cites,
    refusal_phrases_sha256: sha256(canonicalJson(options.refusalPhrases)),
    tool_loop: { repeats, cycles, max_calls: maxCalls },
  };
}

export interface ToolLoopOptions {
  /** The same tool with the same arguments this often is a loop. */
  readonly repeats: number;
  /** A cycle of 2 to 4 calls this often in direct succession is a loop. */
  readonly cycles: number;
  /** More tool calls than this are a loop. */
  readonly maxCalls: number;
}

export const defaultScoring: ScoringOptions = {
  view: 'best',
  anchoredCoverage: 0.7,
  agreementDistance: 0.35,
  agreementOverlap: 0.5,
  cites: false,
  refusalPhrases: defaultRefusalPhrases,
  toolLoop: { repeats: 3, cycles: 3, maxCalls: 25 },
};
