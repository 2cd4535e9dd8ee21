import type { View } from './record.ts';
import { defaultRefusalPhrases } from './refusal.ts';

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
