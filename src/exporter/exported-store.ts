import path from 'node:path';
import type { PageAssets } from '../base/build.ts';
import { UserError, codeOf, exitCodes, messageOf } from '../base/errors.ts';
import { barredReason } from '../gates/barred.ts';
import type { ConfiguredSubject } from '../gates/configured-subject.ts';
import { unreadVerdict } from '../gates/error-verdict.ts';
import { contextOf, type GateExpectation, type ValidityFacts } from '../gates/validity/facts.ts';
import { revalidate } from '../gates/validity/revalidate.ts';
import type { Drill } from '../gates/context.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { Snapshot } from './snapshot.ts';
import type { ExportSource, GateQuestion, PageSubject } from './source.ts';
import { exportedPages } from './pages/exported-pages.ts';
import type { FollowOptions } from './follow/run.ts';
import { followStore, type StoreFollower } from './follow/store.ts';
import { drillIn } from '../store/documents/drill.ts';
import { rollbackCounts, rolledBackIn, type RollbackEvent } from '../store/documents/rollback.ts';
import { verdictIn } from '../store/documents/verdict.ts';
import { watchedFolder, type WatchedFolder } from '../store/follow/file.ts';
import { VerdictFacts, type ExportedSigning } from './verdict-facts.ts';

export interface ExportedStoreOptions extends FollowOptions {
  readonly store: string;
  readonly baseline: string;
  readonly candidate: string;
  /** Seconds on a clock that never goes back. */
  readonly monotonic: () => number;
  /** By gate; nothing is known of the others. */
  readonly expectations: ReadonlyMap<string, GateExpectation>;
  /** What a file configures that verdicts are about. */
  readonly configured: () => ConfiguredSubject | undefined;
  /** The arms with a `versionsUrl`: while one does not report, what it is is not known. */
  readonly reporting: ReadonlySet<string>;
  readonly signing: ExportedSigning;
  readonly pageAssets: () => PageAssets;
  readonly rollbacks: () => readonly RollbackEvent[];
  /** What the store does not say. */
  readonly rest: () => Pick<
    Snapshot,
    'reported' | 'roles' | 'build' | 'alertActions' | 'reload' | 'logLinesDropped'
  >;
}

/** For so long a look at the store is not repeated. */
const freshSeconds = 0.2;

/** A store as the exporters read it, followed while others write into it. */
export function exportedStore(options: ExportedStoreOptions): ExportSource {
  return new ExportedStore(options);
}

class ExportedStore implements ExportSource {
  readonly #options: ExportedStoreOptions;
  readonly #follower: StoreFollower;
  readonly #verdictFiles: WatchedFolder<Verdict | undefined>;
  readonly #facts: VerdictFacts;
  readonly #drillFiles: WatchedFolder<Drill | undefined>;
  readonly #pages: ExportSource['page'];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #verdicts: readonly Verdict[] = [];
  #drills: readonly Drill[] = [];
  #rollbacks: readonly RollbackEvent[] = [];
  /** Why it is not known what was rolled back: then no gate is open. */
  #problem: string | undefined;

  constructor(options: ExportedStoreOptions) {
    this.#options = options;
    this.#follower = followStore(options.store, options.baseline, options);
    this.#facts = new VerdictFacts(options, this.#follower);
    this.#verdictFiles = watchedFolder(path.join(options.store, 'verdicts'), verdictIn, options.now);
    this.#drillFiles = watchedFolder(path.join(options.store, 'drills'), drillIn, options.now);
    this.#pages = exportedPages(options.store, {
      snapshot: () => this.snapshot(),
      runs: () => this.runs(),
      trendOf: (id) => this.#follower.trendOf(id),
      assets: options.pageAssets,
    });
  }

  snapshot(): Snapshot {
    this.#look();
    const arms = this.#follower.arms();
    const facts = this.#facts.now(this.#verdicts, rolledBackIn(this.#rollbacks));
    const verdicts = this.#verdicts.map((verdict) =>
      this.#problem === undefined
        ? revalidate(verdict, contextOf(verdict, facts))
        : this.#noVerdict(verdict, this.#problem),
    );
    const rollbacks = rollbackCounts(this.#rollbacks);
    return {
      arms,
      verdicts,
      drills: this.#drills,
      rollbacks,
      barred: this.#barred(facts),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...this.#options.rest(),
    };
  }

  verdict(question: GateQuestion): Verdict {
    const { gate, arm = this.#options.candidate } = question;
    try {
      this.#look();
    } catch (error) {
      if (error instanceof UserError) return this.#noVerdict({ gate, arm }, error.message);
      throw error;
    }
    if (this.#problem !== undefined) return this.#noVerdict({ gate, arm }, this.#problem);
    const found = this.#verdicts.find((verdict) => verdict.gate === gate && verdict.arm === arm);
    if (found === undefined)
      return this.#noVerdict({ gate, arm }, `gate "${gate}" has not judged arm "${arm}" yet`);
    const context = contextOf(found, this.#facts.now(this.#verdicts, rolledBackIn(this.#rollbacks)));
    const ages = [question.maxAgeSeconds, context.maxAgeSeconds].flatMap((age) => age ?? []);
    return revalidate(found, {
      ...context,
      artifact: question.artifact,
      maxAgeSeconds: Math.min(Number.POSITIVE_INFINITY, ...ages),
    });
  }

  async ready(): Promise<void> {
    this.snapshot();
    await this.#facts.settled();
  }

  runs(): ReturnType<ExportSource['runs']> {
    this.#look();
    return this.#follower.runs();
  }

  page(subject: PageSubject): Promise<Uint8Array | undefined> {
    return this.#pages(subject);
  }

  #look(): void {
    this.#lookAtRollbacks();
    const now = this.#options.monotonic();
    if (now - this.#lookedAt < freshSeconds) return;
    try {
      this.#follower.refresh();
      this.#verdicts = this.#verdictFiles.read().flatMap((verdict) => verdict ?? []);
      const { drillProblem } = this.#options.signing;
      this.#drills = this.#drillFiles
        .read()
        .flatMap((drill) => (drill === undefined || drillProblem(drill) !== undefined ? [] : [drill]));
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      const { store } = this.#options;
      throw new UserError(`store "${store}" cannot be read: ${messageOf(error)}`, {
        exitCode: exitCodes.error,
        cause: error,
      });
    }
    this.#lookedAt = now;
  }

  /** A rollback shuts its gate at once. */
  #lookAtRollbacks(): void {
    try {
      [this.#rollbacks, this.#problem] = [this.#options.rollbacks(), undefined];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      [this.#rollbacks, this.#problem] = [[], error.message];
    }
  }

  /** Artifacts that were rolled back and of which no gate has judged a later run. */
  #barred(facts: ValidityFacts): readonly string[] {
    const { rollbacks } = facts;
    const isBarred = (artifact: string): boolean => {
      const judged = this.#verdicts.filter((one) => one.gate !== 'watch' && one.artifact === artifact);
      const subjects = judged.map(({ gate, arm, runs }) => ({
        gate,
        arm,
        artifact,
        startedAt: startOf(facts, runs.candidate),
      }));
      return subjects.every((subject) => barredReason(subject, rollbacks) !== undefined);
    };
    return [...new Set(rollbacks.flatMap(({ artifact }) => artifact ?? []))].filter(isBarred);
  }

  #noVerdict(about: Pick<Verdict, 'gate' | 'arm'>, reason: string): Verdict {
    return unreadVerdict(about, reason, this.#time());
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

function startOf({ run }: ValidityFacts, id: string | undefined): string | undefined {
  const found = id === undefined ? undefined : run(id, undefined);
  return found?.state === 'found' ? found.record.started_at : undefined;
}
