/** The questions as they stand in the page for its script: texts once each, everything else by place. */
export interface Embedded {
  /** Baseline first, where there is one. */
  readonly arms: readonly string[];
  readonly phrasings: number;
  readonly seeds: readonly number[];
  readonly withTexts: boolean;
  /** False where the arms stand side by side without being compared. */
  readonly comparable: boolean;
  readonly texts: readonly string[];
  /** Worst first. */
  readonly questions: readonly EmbeddedQuestion[];
  readonly details: readonly EmbeddedDetail[];
  /** In `texts`, per snippet and anchor. */
  readonly retrievals: readonly EmbeddedRetrieval[];
}

export interface EmbeddedQuestion {
  readonly id: string;
  /** Place in `texts`, −1 where there is none. */
  readonly asked: number;
  readonly tags: readonly string[];
  /** Per arm: coverage, ΔS, share of convergent calls, flip rate, seconds, share of faults; null where nothing was measured. */
  readonly measures: readonly (readonly (number | null)[])[];
  /** Per arm a letter a cell: `c` convergent, `s` split, `x` collapsed, `b` backward, `-` none; a capital letter is a fault. */
  readonly states: readonly string[];
  readonly worse: boolean;
}

/** Of the question at the same place. */
export interface EmbeddedDetail {
  readonly full: boolean;
  readonly phrasings: readonly number[];
  /** Section, text. */
  readonly anchors: readonly (readonly [section: number, text: number])[];
  /** Per arm an entry a cell. */
  readonly calls: readonly (readonly (EmbeddedCall | null)[])[];
}

export interface EmbeddedCall {
  readonly outcome: string;
  readonly status?: number;
  readonly message?: number;
  readonly answer?: number;
  readonly trace: string;
  readonly retrieval?: number;
  /** Seconds: total, retrieve, rerank, reason; coverage; ΔS. */
  readonly numbers: readonly (number | null)[];
}

export interface EmbeddedRetrieval {
  readonly snippets: readonly (readonly [section: number, text: number, marks: readonly number[]])[];
  /** How many were retrieved after these; absent where none was. */
  readonly more?: number;
  readonly covered: readonly (readonly number[])[];
}
