import type { ComparedNumbers } from '../store/documents/comparison.ts';
import type { RollbackCount } from '../store/documents/rollback.ts';
import type { Outcome, Versions } from '../scoring/answer.ts';
import type { Artifact, RunRecord } from '../scoring/record.ts';
import type { Drill } from '../gates/context.ts';
import type { NewestRun } from '../gates/validity/context.ts';
import type { Verdict } from '../gates/verdict.ts';

/** What an arm's calls came to, over all its runs in the store. */
export interface CallTotals {
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly toolLoops: number;
  readonly sideEffects: number;
  readonly dedupeHits: number;
}

/** What the store says of one arm. */
export interface ArmSnapshot {
  readonly arm: string;
  /** Absent: it never had a call. */
  readonly totals?: CallTotals | undefined;
  /** The newest run that has ended, however it did. */
  readonly newest?: NewestRun | undefined;
  /** Its record; absent where that is damaged. */
  readonly ended?: RunRecord | undefined;
  /** When the newest complete run finished. */
  readonly succeededAt?: string | undefined;
  /** Of its newest run and the baseline's newest. */
  readonly comparison?: ComparedNumbers | undefined;
}

/** What an arm's `versionsUrl` says now. */
export interface ReportedArtifact {
  readonly arm: string;
  readonly artifact: Artifact;
  readonly versions: Versions;
  /** Seconds since 1970. */
  readonly seenAt: number;
}

/** What the configuration makes of an arm; rules and dashboards go by it, never by a name. */
export interface ArmRole {
  readonly arm: string;
  readonly role: 'baseline' | 'candidate';
}

/** Everything the exporters show, at one moment: nothing is read or asked while a page is made of it. */
export interface Snapshot {
  readonly arms: readonly ArmSnapshot[];
  /** As they may be read now: an expired one is an `error`. */
  readonly verdicts: readonly Verdict[];
  readonly drills: readonly Drill[];
  /** Empty where nothing is configured. */
  readonly roles: readonly ArmRole[];
  readonly reported: readonly ReportedArtifact[];
  readonly rollbacks: readonly RollbackCount[];
  /** SHA-256 of artifacts that were rolled back and have not been judged on a later run. */
  readonly barred: readonly string[];
  /** What keeps every gate shut until it is mended. */
  readonly problem?: string | undefined;
  /** What came of the posts of alerts, by outcome; absent where nothing takes any. */
  /** Lines of the log that could not be written; absent where there is no log. */
  readonly logLinesDropped?: number | undefined;
  readonly alertActions?: Readonly<Record<string, number>> | undefined;
  /** How the last reading of the configuration went; absent where it is read once. */
  readonly reload?:
    | {
        readonly ok: boolean;
        /** Of the newest that was taken, in seconds since 1970. */ readonly at: number;
      }
    | undefined;
  readonly build: { readonly version: string; readonly revision: string; readonly node: string };
}
