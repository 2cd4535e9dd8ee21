import path from 'node:path';
import type { RolledBack } from '../gates/barred.ts';
import type { ConfiguredSubject } from '../gates/configured-subject.ts';
import type { NewestRun, ReportedState } from '../gates/validity/context.ts';
import type { GateExpectation, ValidityFacts } from '../gates/validity/facts.ts';
import type { Drill } from '../gates/context.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { RunRecord } from '../scoring/record.ts';
import { parseJudging, unfinishedBy, type BegunJudging } from '../store/documents/judging.ts';
import { watchedFolder, type WatchedFolder } from '../store/follow/file.ts';
import { JudgedRuns } from './follow/judged-runs.ts';
import type { StoreFollower } from './follow/store.ts';
import type { ReportedArtifact } from './snapshot.ts';

/** What verdicts are held against, beside the store. */
export interface FactSources {
  readonly store: string;
  readonly now: () => number;
  readonly expectations: ReadonlyMap<string, GateExpectation>;
  readonly configured: () => ConfiguredSubject | undefined;
  readonly reporting: ReadonlySet<string>;
  readonly rest: () => { readonly reported: readonly ReportedArtifact[] };
  readonly signing: ExportedSigning;
}

/** Whose signatures count, and what was seen before. */
export interface ExportedSigning {
  readonly facts: (now: number) => Pick<ValidityFacts, 'trust' | 'seen' | 'latest'>;
  readonly note: (verdict: Verdict) => void;
  readonly drillProblem: (drill: Drill) => string | undefined;
  /** Why a run's record does not count. */
  readonly runProblem: (record: RunRecord) => string | undefined;
}

/** A judging's file; one that cannot be read is known by its name alone. */
type FoundJudging = BegunJudging | { readonly unreadable: string };

/** Looks up what a followed store's verdicts are held against. */
export class VerdictFacts {
  readonly #sources: FactSources;
  readonly #follower: StoreFollower;
  readonly #runs: JudgedRuns;
  readonly #judgings: WatchedFolder<FoundJudging>;
  /** The latest time that was seen: a clock that is set back must not make old evidence fresh. */
  #latest = Number.NEGATIVE_INFINITY;

  constructor(sources: FactSources, follower: StoreFollower) {
    this.#sources = sources;
    this.#follower = follower;
    this.#runs = new JudgedRuns(sources);
    this.#judgings = watchedFolder(path.join(sources.store, 'verdicts', 'judging'), begunIn, sources.now);
  }

  /** The facts of this moment for these verdicts. */
  now(verdicts: readonly Verdict[], rollbacks: readonly RolledBack[]): ValidityFacts {
    const { expectations, configured } = this.#sources;
    const now = this.#sources.now();
    this.#runs.keep(verdicts);
    for (const verdict of verdicts) this.#sources.signing.note(verdict);
    const { latest = now, ...signing } = this.#sources.signing.facts(now);
    this.#latest = Math.max(this.#latest, latest, now);
    const judgings = this.#judgings.read();
    return {
      ...signing,
      now,
      latest: this.#latest,
      rollbacks,
      expectations,
      configured: configured(),
      newest: (arm) => this.#newest(arm),
      run: (id, judged) => this.#runs.find(id, judged),
      reported: (arm) => this.#reported(arm),
      unfinished: (verdict) => unfinishedAmong(judgings, verdict, now),
    };
  }

  settled(): Promise<void> {
    return this.#runs.settled();
  }

  #newest(arm: string): NewestRun | undefined {
    return this.#follower.killed(arm) ?? this.#follower.arms().find((one) => one.arm === arm)?.newest;
  }

  #reported(arm: string): ReportedState | undefined {
    const found = this.#sources.rest().reported.find((one) => one.arm === arm);
    if (found !== undefined) return { artifact: found.artifact.sha256 };
    return this.#sources.reporting.has(arm) ? 'silent' : undefined;
  }
}

function begunIn(text: string, file: string): FoundJudging {
  return parseJudging(text) ?? { unreadable: path.basename(file, '.json') };
}

function unfinishedAmong(
  judgings: readonly FoundJudging[],
  verdict: Verdict,
  now: number,
): string | undefined {
  const { gate, arm } = verdict;
  for (const judging of judgings) {
    if ('unreadable' in judging) {
      if (judging.unreadable === `${gate}.${arm}`)
        return `that "${gate}" is being judged cannot be read: judge again`;
    } else if (judging.gate === gate && judging.arm === arm) return unfinishedBy(judging, verdict, now);
  }
  return undefined;
}
