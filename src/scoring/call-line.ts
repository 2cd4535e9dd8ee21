import type { CallFinding, Outcome, Stage, ToolCall, Usage, Versions } from './answer.ts';

/** A retrieved snippet in `calls.jsonl`: its text stands once in `snippets.jsonl`, by SHA-256. */
export interface SnippetReference {
  readonly snippet_id?: string | undefined;
  readonly section_id?: string | undefined;
  readonly source_url?: string | undefined;
  readonly offsets?: readonly [number, number] | undefined;
  readonly tokens?: readonly [number, number] | undefined;
  readonly score?: number | undefined;
  readonly text_sha256: string;
}

/** A line of `calls.jsonl`. */
export interface CallLine {
  readonly question: string;
  readonly phrasing: number;
  readonly seed: number;
  /** SHA-256 of the canonical JSON of [question id, phrasing text, seed, arm]. */
  readonly key: string;
  readonly outcome: Outcome;
  readonly status?: number | undefined;
  readonly at: string;
  /** Seconds; absent for a fault and for a call that needed a retry. */
  readonly latency?: Partial<Record<Stage | 'total', number>> | undefined;
  readonly answer?: string | undefined;
  readonly refused?: boolean | undefined;
  readonly retrieved?: readonly SnippetReference[] | undefined;
  readonly citations?: readonly string[] | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly side_effects?: number | undefined;
  readonly dedupe_hits?: number | undefined;
  readonly usage?: Usage | undefined;
  readonly versions?: Versions | undefined;
  readonly artifact_sha256: string;
  readonly trace_id: string;
  readonly retried: boolean;
  /** How often a 429 made this call wait. */
  readonly paced?: number | undefined;
  readonly findings?: readonly CallFinding[] | undefined;
  /** Why the call is a fault, for people. */
  readonly message?: string | undefined;
}
