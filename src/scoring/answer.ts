/** What an arm retrieved, in the order in which it hands it to its reasoner. `text` is always there; the rest where the arm says it. */
export interface Snippet {
  readonly snippet_id?: string | undefined;
  readonly section_id?: string | undefined;
  readonly source_url?: string | undefined;
  /** Half-open interval of Unicode code points in the document at `source_url`. */
  readonly offsets?: readonly [number, number] | undefined;
  readonly tokens?: readonly [number, number] | undefined;
  readonly text: string;
  readonly score?: number | undefined;
}

export interface ToolCall {
  readonly name: string;
  readonly arguments?: unknown;
}

export const versionFields = [
  'INDEX_HASH',
  'EMBED_SCHEMA',
  'RERANK_CONF',
  'PROMPT_VER',
  'MODEL_VER',
] as const;
export type VersionField = (typeof versionFields)[number];
export type Versions = Partial<Record<VersionField, string>>;

export const stages = ['retrieve', 'rerank', 'reason'] as const;
export type Stage = (typeof stages)[number];
/** What latencies are told for: the whole call and its stages. */
export const clocks = ['total', ...stages] as const;
export type LatencyClock = (typeof clocks)[number];
/** Seconds per stage. */
export type StageSeconds = Partial<Record<Stage, number>>;

export interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
}

/** Something odd about a call that is no fault: counted in the record by code and field. */
export interface CallFinding {
  readonly code: string;
  readonly field?: string;
}

/** A response, checked and in the contract's shape, whatever kind of arm it came from. */
export interface Response {
  readonly answer?: string;
  readonly refused?: boolean;
  readonly retrieved?: readonly Snippet[];
  readonly citations?: readonly string[];
  readonly stages?: StageSeconds;
  readonly versions?: Versions;
  readonly tool_calls?: readonly ToolCall[];
  readonly side_effects?: number;
  readonly dedupe_hits?: number;
  readonly usage?: Usage;
}

export const faults = ['network', 'timeout', 'status', 'shape'] as const;
export type Fault = (typeof faults)[number];
export const outcomes = ['ok', ...faults] as const;
export type Outcome = (typeof outcomes)[number];

/** When the request's first byte went out and the response's last byte came in: seconds on the monotonic clock (see `Clock`). */
export interface Timing {
  readonly sent: number;
  readonly received: number;
  /** It is of another time, and lies in front of when the answer came now. */
  readonly isRecorded?: true;
}

export interface OkAnswer {
  readonly outcome: 'ok';
  readonly status?: number;
  /** Absent where the answer was recorded without its latency. */
  readonly timing?: Timing | undefined;
  readonly response: Response;
  readonly findings: readonly CallFinding[];
}

export interface FaultAnswer {
  readonly outcome: Fault;
  readonly status?: number;
  /** One sentence for people, without secrets. */
  readonly message: string;
  /** Seconds that a 429 asked to wait, when it said so in a usable way. */
  readonly retryAfterSeconds?: number;
  readonly versions?: Versions;
  /** The start of what came with an error status, secrets redacted; only where the caller asked for it. It may echo what was sent, so no record has it. */
  readonly errorBody?: string;
}

/** What an arm returned for one attempt: a fault is an answer too. */
export type Answer = OkAnswer | FaultAnswer;
