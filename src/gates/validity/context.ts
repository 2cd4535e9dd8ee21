import type { Trust } from '../../base/integrity/trust.ts';
import type { RunRecord } from '../../scoring/record.ts';
import type { RolledBack } from '../barred.ts';
import type { ConfiguredSubject } from '../configured-subject.ts';

/** A run as its record describes it now. */
export type JudgedRun = Pick<
  RunRecord,
  | 'id'
  | 'arm'
  | 'status'
  | 'started_at'
  | 'finished_at'
  | 'gold'
  | 'embedder'
  | 'artifact'
  | 'subject'
  | 'files'
>;

/** A run that is there. */
export interface FoundRun {
  readonly state: 'found';
  readonly record: JudgedRun;
  /** Of the content of its record. */
  readonly sha256: string;
  /** Why its files are not what its record was written with. */
  readonly damage?: string | undefined;
}

/** What looking for a run found. */
export type RunLookup =
  | FoundRun
  | { readonly state: 'missing' }
  | { readonly state: 'unfinished' }
  | { readonly state: 'damaged'; readonly reason: string };

/** The newest run of an arm that has ended, however it did: `killed` is one without a record that nobody resumes. */
export interface NewestRun {
  readonly id: string;
  readonly status: RunRecord['status'] | 'damaged' | 'killed';
  /** SHA-256; absent where the record is damaged. */
  readonly artifact?: string | undefined;
  readonly summary?: RunRecord['summary'] | undefined;
}

/** What an arm with a `versionsUrl` reports now. */
export type ReportedState = { readonly artifact: string } | 'silent';

/** The latest that a reader has seen signed, whenever that was: what is older is a copy of what was. */
export interface SeenBefore {
  /** Sequence of the gate's verdict on the arm. */
  readonly verdict: number;
  /** When a judged run of the arm was started, in milliseconds since 1970. */
  readonly run: number;
}

/** What the reader of a stored verdict knows and asks for; what is absent is not known, and not compared. */
export interface ValidityContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The latest time that the reader has seen, in milliseconds since 1970. */
  readonly latest?: number | undefined;
  /** Can only shorten the verdict's own. */
  readonly maxAgeSeconds?: number | undefined;
  /** The artifact that somebody is about to promote. */
  readonly artifact?: string | undefined;
  readonly reported?: {
    readonly candidate?: ReportedState | undefined;
    readonly baseline?: ReportedState | undefined;
  };
  readonly policy?: string | undefined;
  readonly configured?: ConfiguredSubject | undefined;
  /** The newest run of the verdict's arm. */
  readonly newest?: NewestRun | undefined;
  /** The newest run of its baseline. */
  readonly newestBaseline?: NewestRun | undefined;
  /** The runs that it rests on. */
  readonly runs?: { readonly candidate?: RunLookup | undefined; readonly baseline?: RunLookup | undefined };
  readonly rollbacks?: readonly RolledBack[] | undefined;
  readonly trust?: Trust | undefined;
  /** What this reader has seen signed before. */
  readonly seen?: SeenBefore | undefined;
  /** Why a judging that was begun after this verdict has left it in doubt. */
  readonly unfinished?: string | undefined;
}

/** Why a verdict is not what it says, for people and for programs. */
export interface ValidityProblem {
  readonly code: string;
  readonly reason: string;
}

export function short(sha: string | undefined): string {
  return sha === undefined ? 'none' : sha.slice(0, 12);
}
