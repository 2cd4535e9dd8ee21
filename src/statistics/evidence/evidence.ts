import type { LatencyClock } from '../../scoring/answer.ts';
import type { RunRecord } from '../../scoring/record.ts';

/** What a run's cells are: the same for two runs that are compared. */
export interface Shape {
  /** Question ids, sorted by code unit. */
  readonly questions: readonly string[];
  /** The question itself and its paraphrases. */
  readonly phrasings: number;
  readonly seeds: readonly number[];
  /** Cells of one question: phrasings × seeds. */
  readonly perQuestion: number;
  readonly cells: number;
}

export const retrievalMetrics = ['recall_at_5', 'mrr', 'ndcg_at_10', 'precision_at_5'] as const;
export type RetrievalMetric = (typeof retrievalMetrics)[number];

/** Codes of `Evidence.states`; −1 where a call has none. */
export const stateCodes = { convergent: 0, split: 1, collapsed: 2, backward: 3 } as const;

/** The code of a state's name; −1 for what is none. */
export function stateCodeOf(state: unknown): number {
  return typeof state === 'string' && Object.hasOwn(stateCodes, state)
    ? stateCodes[state as keyof typeof stateCodes]
    : -1; // it is a key
}

/** A run's measurements in columns, one entry a cell in plan order (question, phrasing, seed); NaN where nothing was measured. */
export interface Evidence {
  readonly record: RunRecord;
  readonly shape: Shape;
  /** 1 for a question that has an answer in the documents, per question. */
  readonly answerable: Uint8Array;
  /** 1 for a call that counts as faulted: no `ok`, or one that needed a retry. */
  readonly faulted: Uint8Array;
  readonly serverError: Uint8Array;
  readonly toolLoop: Uint8Array;
  /** ΔS in the record's view. */
  readonly questionRetrieved: Float64Array;
  readonly retrievedAnchor: Float64Array;
  readonly answerAnchor: Float64Array;
  readonly coverage: Float64Array;
  /** A `stateCodes` value or −1. */
  readonly states: Int8Array;
  /** 1 where a question's λ was judged, per question; 2 where it does not apply (skipped); 0 where it is errored. */
  readonly lambda: Uint8Array;
  /** Seconds. */
  readonly latency: Readonly<Record<LatencyClock, Float64Array>>;
  /** Ranking metrics over sections; absent where the anchors are not at hand or the arm names no sections. */
  readonly retrieval?: Readonly<Record<RetrievalMetric, Float64Array>> | undefined;
  /** No section id that the arm retrieved is one of the gold set's: `retrieval` is 0 everywhere, for want of a match. */
  readonly sectionsNeverMatch?: boolean | undefined;
  readonly sideEffects: Float64Array;
  readonly dedupeHits: Float64Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  /** In the currency of the configured prices; absent without prices, and where the record was not made with them. */
  readonly cost?: Float64Array | undefined;
  /** SHA-256 of what every call answered and retrieved, in plan order: equal for runs with the same answers. */
  readonly answersSha256: string;
  /** SHA-256 of the calls' trace ids and latencies, in plan order: equal for one run that is shown twice. */
  readonly callsSha256: string;
}

/** The question of a cell. */
export function questionOfCell(shape: Shape, cell: number): number {
  return Math.floor(cell / shape.perQuestion);
}

/** The phrasing of a cell. */
export function phrasingOfCell(shape: Shape, cell: number): number {
  return Math.floor((cell % shape.perQuestion) / shape.seeds.length);
}

/** The seed's place in `shape.seeds`. */
export function seedOfCell(shape: Shape, cell: number): number {
  return cell % shape.seeds.length;
}
