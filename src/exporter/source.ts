import type { Verdict } from '../gates/verdict.ts';
import type { Snapshot } from './snapshot.ts';

/** What a consumer asks a gate. */
export interface GateQuestion {
  readonly gate: string;
  /** The configured candidate by default. */
  readonly arm?: string | undefined;
  readonly artifact?: string | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

/** A run as it is listed. */
export interface ListedRun {
  readonly id: string;
  readonly arm: string;
  readonly status: 'complete' | 'aborted' | 'interrupted' | 'unfinished' | 'damaged';
  readonly started_at?: string;
  readonly finished_at?: string;
  readonly calls: number;
}

/** A report by its runs. Ids are what was asked for, whatever it is. */
export type ReportPageSubject =
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'comparison'; readonly baseline: string; readonly candidate: string };

/** A page for people. */
export type PageSubject =
  /** `now` in milliseconds since 1970. */
  | { readonly kind: 'index'; readonly before?: string | undefined; readonly now: number }
  | ReportPageSubject
  /** In the place of a report that is not there. */
  | { readonly kind: 'missing'; readonly report: ReportPageSubject };

/** What the exporter serves. Everything is read from the store when it is asked for, at most a moment old. */
export interface ExportSource {
  /** Throws a `UserError` where the store cannot be read: there is no older snapshot in its place. */
  snapshot(): Snapshot;
  /** Resolves when everything that is to be read before anybody asks was read. Rejects like `snapshot`. */
  ready(): Promise<void>;
  /** Always answers: what cannot be answered is an `error` with the reason. */
  verdict(question: GateQuestion): Verdict;
  /** Newest first. Throws like `snapshot`. */
  runs(): readonly ListedRun[];
  /** A page as HTML in UTF-8 that carries its own policy; `undefined` where there is none. Rejects like `snapshot`. */
  page(subject: PageSubject): Promise<Uint8Array | undefined>;
}
