import type { Trust } from '../../base/integrity/trust.ts';
import type { RolledBack } from '../barred.ts';
import type { ConfiguredSubject } from '../configured-subject.ts';
import type { JudgedRecord, Verdict } from '../verdict.ts';
import type { NewestRun, ReportedState, RunLookup, SeenBefore, ValidityContext } from './context.ts';

/** What is configured about a gate: a verdict by anything else is void. */
export interface GateExpectation {
  readonly policy?: string | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

/** What a reader of verdicts can look up: in the store, in the configuration, and of the arms. */
export interface ValidityFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly latest?: number | undefined;
  readonly rollbacks: readonly RolledBack[];
  /** By gate; nothing is known of the others. */
  readonly expectations: ReadonlyMap<string, GateExpectation>;
  readonly configured?: ConfiguredSubject | undefined;
  readonly newest: (arm: string) => NewestRun | undefined;
  /** `judged`: the run's documents as the verdict has them. */
  readonly run: (id: string, judged: JudgedRecord | undefined) => RunLookup;
  readonly reported: (arm: string) => ReportedState | undefined;
  readonly unfinished: (verdict: Verdict) => string | undefined;
  readonly trust?: Trust | undefined;
  readonly seen?: ((about: Pick<Verdict, 'gate' | 'arm'>) => SeenBefore) | undefined;
}

/** What one verdict is held against. Of a gate that the configuration does not know, nothing that is configured is. */
export function contextOf(verdict: Verdict, facts: ValidityFacts): ValidityContext {
  const { gate, arm, baseline, runs, records } = verdict;
  const expectation = facts.expectations.get(gate);
  return {
    now: facts.now,
    latest: facts.latest,
    rollbacks: facts.rollbacks,
    ...expectation,
    configured: expectation === undefined ? undefined : facts.configured,
    newest: facts.newest(arm),
    newestBaseline: baseline === undefined ? undefined : facts.newest(baseline),
    reported: {
      candidate: facts.reported(arm),
      baseline: baseline === undefined ? undefined : facts.reported(baseline),
    },
    runs: {
      candidate: runs.candidate === undefined ? undefined : facts.run(runs.candidate, records?.candidate),
      baseline: runs.baseline === undefined ? undefined : facts.run(runs.baseline, records?.baseline),
    },
    unfinished: facts.unfinished(verdict),
    trust: facts.trust,
    seen: facts.seen?.(verdict),
  };
}
