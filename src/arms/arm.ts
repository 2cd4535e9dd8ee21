import type { Answer, Versions } from '../scoring/answer.ts';

/** One call's request, the same for every kind of arm. */
export interface AskRequest {
  /** The phrasing's text. */
  readonly question: string;
  readonly question_id: string;
  /** 0 is the question itself. */
  readonly phrasing: number;
  readonly seed: number;
  /** Stable per run and cell: an arm with dedupe fences creates no second effect. */
  readonly idempotency_key: string;
  /** W3C trace context, `00-<trace id>-<span id>-01`. */
  readonly traceparent: string;
}

export interface AskOptions {
  /** Aborted when the call's time is over or the user wants out: the arm then releases everything it holds. */
  readonly signal: AbortSignal;
  /** Keep what came with a status that is an error: for who sets an arm up, never for a record. */
  readonly wantsErrorBody?: boolean;
}

/**
 * One deployed stack under evaluation.
 * `ask` makes exactly one attempt and never rejects for what the stack did: a fault is an answer.
 */
export interface Arm {
  readonly name: string;
  readonly kind: string;
  ask(request: AskRequest, options: AskOptions): Promise<Answer>;
  /** What the arm reports now, when it can tell without a question. */
  versions?(options: AskOptions): Promise<Versions>;
  close(): Promise<void>;
}
