import type { LatencyClock, Outcome } from '../../scoring/answer.ts';
import type { RunRecord } from '../../scoring/record.ts';
import type { Verdict } from '../../gates/verdict.ts';
import type { Comparison } from '../../statistics/comparison.ts';

/** Everything a report tells, as plain values: the page is made of this and nothing else. */
export interface ReportModel {
  readonly candidate: ReportArm;
  /** Absent in the report of one run. */
  readonly baseline?: ReportArm;
  readonly comparison?: Comparison;
  /** Why the two runs cannot be compared; absent where they can, and for one run. Then nothing in the page compares them. */
  readonly incomparable?: string;
  /** About these runs, as they may be read. */
  readonly verdicts: readonly Verdict[];
  readonly shape: ReportShape;
  /** Worst first. */
  readonly questions: readonly ReportQuestion[];
  /** False where questions and answers were left out to be kept private. */
  readonly withTexts: boolean;
}

export interface ReportShape {
  readonly phrasings: number;
  readonly seeds: readonly number[];
  /** Cells of one question. */
  readonly perQuestion: number;
}

export interface ReportArm {
  readonly record: RunRecord;
  readonly calls: CallColumns;
}

/** A run's calls, one entry a cell: question by its `place`, phrasing, seed. NaN or −1 where there is nothing. */
export interface CallColumns {
  /** When it was asked: milliseconds since 1970. */
  readonly at: Float64Array;
  /** A place in `outcomes`. */
  readonly outcomes: Int8Array;
  /** 1 for a fault, and for a call that needed a retry. */
  readonly faulted: Uint8Array;
  /** Seconds. */
  readonly latency: Readonly<Record<LatencyClock, Float64Array>>;
  /** ΔS(question, retrieved) in the record's view. */
  readonly distance: Float64Array;
  readonly coverage: Float64Array;
  /** A value of `stateCodes`. */
  readonly states: Int8Array;
  /** Share of the question's other calls in another state. */
  readonly flips: Float64Array;
}

/** Means over a question's calls on one arm; absent where nothing was measured. */
export interface Measures {
  readonly coverage?: number;
  readonly distance?: number;
  readonly convergent?: number;
  readonly flip?: number;
  readonly latency?: number;
  readonly faulted?: number;
}

export interface ReportQuestion {
  readonly id: string;
  /** Its place in the columns. */
  readonly place: number;
  readonly tags: readonly string[];
  readonly asked?: string;
  readonly candidate: Measures;
  readonly baseline?: Measures;
  readonly worsening: number;
  /** Absent where the page would become too large: the CSV has it. */
  readonly detail?: QuestionDetail;
}

export interface QuestionDetail {
  /** False: answers are cut short and retrieved texts are left out. */
  readonly full: boolean;
  readonly phrasings: readonly string[];
  readonly anchors: readonly ReportAnchor[];
  /** One entry a cell. */
  readonly candidate: readonly (ReportCall | undefined)[];
  readonly baseline?: readonly (ReportCall | undefined)[];
}

export interface ReportAnchor {
  readonly section?: string;
  readonly text: string;
}

export interface ReportCall {
  readonly outcome: Outcome;
  readonly status?: number;
  /** Why it is a fault. */
  readonly message?: string;
  readonly answer?: string;
  readonly trace: string;
  readonly retrieval?: RetrievedText;
}

/** Half-open, in UTF-16 code units of a text: start, end, start, end, … */
export type Marks = readonly number[];

/** What a call retrieved; calls of a question with the same list share one value. */
export interface RetrievedText {
  readonly snippets: readonly ReportSnippet[];
  /** How many were retrieved after these; absent where none was. */
  readonly more?: number;
  /** Per anchor, which of its text these snippets hold. */
  readonly covered: readonly Marks[];
}

export interface ReportSnippet {
  readonly section?: string;
  readonly text?: string;
  /** Where the text is the anchor's. */
  readonly marks: Marks;
}
