import type { Integrity } from '../base/integrity/sealed.ts';
import type { CallFinding, Stage, Versions } from './answer.ts';
import type { DistanceSummary, LatencySummary, PhrasedDistanceSummary } from './sample-summary.ts';
import type { Subject } from './subject.ts';

export type { CallLine, SnippetReference } from './call-line.ts';

export interface BothViews {
  readonly best: number;
  readonly pooled: number;
}
export type View = keyof BothViews;

export const lambdaStates = ['convergent', 'split', 'collapsed', 'backward'] as const;
export type LambdaState = (typeof lambdaStates)[number];
export type CoverageMode = 'exact' | 'aligned' | 'mixed';

/** A line of `scores.jsonl`: what does not apply or was not measured is absent. */
export interface ScoreLine {
  readonly question: string;
  readonly phrasing: number;
  readonly seed: number;
  readonly key: string;
  readonly question_retrieved?: BothViews;
  readonly retrieved_anchor?: BothViews;
  readonly answer_anchor?: number;
  readonly coverage?: number;
  readonly coverage_mode?: CoverageMode;
  readonly anchored?: boolean;
  readonly agreeing?: boolean;
  readonly state?: LambdaState;
  /** Share of the question's other calls that are in another state. */
  readonly flip?: number;
  readonly findings?: readonly CallFinding[];
}

export interface Finding extends CallFinding {
  readonly count: number;
}

/** The numbers of a run (`summary` of `run.json`); a part that was not measured is left out. */
export interface Summary {
  readonly calls: {
    readonly planned: number;
    readonly ok: number;
    readonly network: number;
    readonly timeout: number;
    readonly status: number;
    readonly shape: number;
    readonly server_errors: number;
    readonly retried: number;
    readonly paced: number;
  };
  readonly questions?: { readonly judged: number; readonly skipped: number; readonly errored: number };
  readonly error_rate?: number;
  readonly server_error_rate?: number;
  readonly semantic_distance?: {
    readonly question_retrieved?: PhrasedDistanceSummary;
    /** Of every phrasing to the question's own anchor: what an arm that retrieves exactly the anchors would have. */
    readonly question_anchor?: PhrasedDistanceSummary;
    readonly retrieved_anchor?: DistanceSummary;
    readonly answer_anchor?: DistanceSummary;
  };
  readonly coverage?: {
    readonly n: number;
    readonly mean: number;
    readonly p05: number;
    readonly pass_share: number;
    readonly exact: number;
    readonly aligned: number;
    readonly mixed: number;
  };
  readonly lambda?: {
    readonly states: Readonly<Record<LambdaState, number>>;
    readonly flip: { readonly all?: number; readonly phrasing?: number; readonly seed?: number };
    readonly convergence: { readonly all?: number; readonly by_seed: Readonly<Record<string, number>> };
  };
  readonly latency: Partial<Record<Stage | 'total', LatencySummary>>;
  readonly tool_loops: number;
  readonly side_effects: number;
  readonly dedupe_hits: number;
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number };
  /** Cost per converged answer, in the currency of the configured prices. */
  readonly cost?: { readonly total: number; readonly per_converged_answer?: number };
  readonly retrieval?: {
    readonly n: number;
    readonly recall_at_5: number;
    readonly mrr: number;
    readonly ndcg_at_10: number;
    readonly precision_at_5: number;
  };
}

export interface Artifact extends Versions {
  readonly sha256: string;
  readonly complete: boolean;
}

export interface EmbedderIdentity {
  /** Model name and SHA-256 of its files, for example `all-MiniLM-L6-v2@sha256:…`. */
  readonly id: string;
  readonly dimensions: number;
  readonly pooling: string;
  /** Tokens a text may have before it is embedded in windows, the special ones included; 0 where a service decides. */
  readonly window: number;
}

/** Scoring options as a record has them. */
export interface RecordedScoring {
  readonly anchored_coverage: number;
  readonly agreement_distance: number;
  readonly agreement_overlap: number;
  readonly cites: boolean;
  readonly refusal_phrases_sha256: string;
  readonly tool_loop: { readonly repeats: number; readonly cycles: number; readonly max_calls: number };
}

/** `run.json`: the header and the summary. */
export interface RunRecord {
  readonly schema: 'flipgate.run/1';
  readonly id: string;
  readonly session: string;
  readonly arm: string;
  readonly role: 'baseline' | 'candidate' | 'single';
  readonly status: 'complete' | 'aborted' | 'interrupted';
  readonly started_at: string;
  readonly finished_at: string;
  readonly provenance: {
    readonly version: string;
    readonly revision?: string;
    readonly dirty?: boolean;
    readonly node: string;
    readonly platform: string;
    readonly arguments: readonly string[];
    readonly config_sha256: string;
  };
  readonly gold: { readonly sha256: string; readonly path: string; readonly questions: number };
  readonly plan: {
    readonly questions: number;
    readonly phrasings: number;
    readonly seeds: readonly number[];
    readonly cells: number;
    readonly order_seed: number;
    readonly rate?: number;
    readonly concurrency: number;
  };
  readonly embedder?: EmbedderIdentity;
  readonly view: View;
  /** The options that the scores were computed with. */
  readonly scoring?: RecordedScoring;
  /** What the numbers are about; absent in records of flipgate 0.1.0. */
  readonly subject?: Subject;
  readonly artifact: Artifact;
  readonly artifacts?: ReadonlyArray<Artifact & { readonly count: number }>;
  readonly findings: readonly Finding[];
  readonly files: Readonly<Record<string, string>>;
  readonly summary: Summary;
  /** Id of the store that it was signed for. */
  readonly store?: string;
  readonly integrity?: Integrity;
}
