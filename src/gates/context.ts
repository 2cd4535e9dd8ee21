import type { Integrity } from '../base/integrity/sealed.ts';
import type { RolledBack } from './barred.ts';
import type { ConfiguredSubject } from './configured-subject.ts';
import type { ReportedState } from './validity/context.ts';
import type { Verdict } from './verdict.ts';
import type { Evidence } from '../statistics/evidence/evidence.ts';

/** A drill's record, `drills/<pointer>.json`. */
export interface Drill {
  readonly schema: 'flipgate.drill/1';
  readonly pointer: string;
  readonly finished_at: string;
  /** From the decision to roll back until probes saw Blue again. */
  readonly ttr_seconds: number;
  readonly verified: boolean;
  readonly note?: string | undefined;
  readonly sequence?: number;
  readonly previous?: string;
  readonly store?: string;
  readonly integrity?: Integrity;
}

/** What the configuration says about an arm that a rule needs to know. */
export interface ArmExpectation {
  readonly pins: Readonly<Record<string, string | undefined>>;
  /** Names of secrets that are not set. */
  readonly missingSecrets: readonly string[];
  readonly timeoutSeconds: number;
}

/** Everything a gate judges: nothing is read or asked while judging. */
export interface JudgeContext {
  readonly candidate: Evidence;
  /** Absent: rules that compare are inconclusive. */
  readonly baseline?: Evidence | undefined;
  readonly expectations: { readonly candidate: ArmExpectation; readonly baseline: ArmExpectation };
  readonly drills: readonly Drill[];
  readonly rollbacks?: readonly RolledBack[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The artifact somebody is about to promote, where they said so. */
  readonly wantedArtifact?: string | undefined;
  /** What is configured now, where a file says so. */
  readonly configured?: ConfiguredSubject | undefined;
  /** What the arms report now, by name, where they have a `versionsUrl`. */
  readonly reported?: ReadonlyMap<string, ReportedState> | undefined;
  /** The documents of the runs as they were read. */
  readonly records?: Verdict['records'];
  /** Resamples of the bootstrap; 2,000 by default, as the spec wants. Fewer give rougher intervals. */
  readonly resamples?: number | undefined;
  /** Can only shorten the policy's. */
  readonly maxAgeSeconds?: number | undefined;
}
