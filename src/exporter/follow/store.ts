import { readdirSync, statSync } from 'node:fs';
import { compareCodeUnits } from '../../base/canonical.ts';
import type { RunRecord } from '../../scoring/record.ts';
import type { TrendPoint } from '../../reports/html/index/indexed-run.ts';
import type { NewestRun } from '../../gates/validity/context.ts';
import { killedRun } from '../../store/newest-run.ts';
import type { ArmSnapshot } from '../snapshot.ts';
import type { ListedRun } from '../source.ts';
import { ArmRuns } from './arm-runs.ts';
import { callsIn } from './call-totals.ts';
import { FollowedRun, type FollowOptions } from './run.ts';
import {
  comparisonFile,
  parseComparedNumbers,
  type ComparedNumbers,
} from '../../store/documents/comparison.ts';
import { recordIn } from '../../store/documents/run.ts';
import { runIdPattern, secondOf } from '../../plan/run-id.ts';
import { runFolder } from '../../store/run-folder.ts';
import { tellsChanges, watchedFile, type WatchedFile } from '../../store/follow/file.ts';

/** So many of the newest runs that are not complete are looked at every time; of all others as many, in turn. */
const lookedAt = 64;

/** A store whose runs are followed while others write into it. */
export interface StoreFollower {
  /** Looks again. Throws what the system says of a store that cannot be read. */
  refresh(): void;
  /** Every arm that has or had a run, by name. */
  arms(): readonly ArmSnapshot[];
  /** The newest run of an arm that was killed, where none that has ended is newer. */
  killed(arm: string): NewestRun | undefined;
  /** All runs, newest first. */
  runs(): readonly ListedRun[];
  /** A run's numbers over which trends go; `undefined` where it has not ended well. */
  trendOf(id: string): TrendPoint | undefined;
}

/** Follows a store. `baseline` is the arm that the others are compared with. */
export function followStore(store: string, baseline: string, options: FollowOptions): StoreFollower {
  return new Follower(store, baseline, options);
}

class Follower implements StoreFollower {
  readonly #store: string;
  readonly #baseline: string;
  readonly #options: FollowOptions;
  /** By id, oldest first. */
  #runs = new Map<string, FollowedRun>();
  #ids: readonly string[] = [];
  #listed: string | undefined;
  /** Whether the newest ones were found since something changed: a look that fails half way changes things too. */
  #isRanked = true;
  /** Where the turn of the runs that are seldom looked at is. */
  #turn = 0;
  /** Looked at every time. */
  #watched: readonly FollowedRun[] = [];
  readonly #armRuns = new Map<string, ArmRuns>();
  readonly #files = new Map<string, ArmFiles>();
  #arms: readonly ArmSnapshot[] = [];

  constructor(store: string, baseline: string, options: FollowOptions) {
    this.#store = store;
    this.#baseline = baseline;
    this.#options = options;
  }

  refresh(): void {
    this.#list();
    for (const run of [...this.#watched, ...this.#inTurn()]) {
      if (run.refresh(true)) this.#isRanked = false;
      this.#runsOf(run.arm).count(run);
    }
    if (!this.#isRanked) this.#rank();
    this.#arms = this.#snapshots();
  }

  arms(): readonly ArmSnapshot[] {
    return this.#arms;
  }

  killed(arm: string): NewestRun | undefined {
    const newest = this.#armRuns.get(arm)?.newest;
    for (const id of this.#ids.toReversed()) {
      const run = this.#runs.get(id);
      if (run === undefined || run.arm !== arm) continue;
      if (newest !== undefined && secondOf(run.id) < secondOf(newest.id)) return undefined;
      const killed = run.status === 'unfinished' ? killedRun(runFolder(this.#store, id)) : undefined;
      if (killed !== undefined) return killed;
    }
    return undefined;
  }

  runs(): readonly ListedRun[] {
    return [...this.#runs.values()].map(({ head }) => head).toReversed();
  }

  trendOf(id: string): TrendPoint | undefined {
    return this.#runs.get(id)?.trend;
  }

  /** Which runs there are. A folder that has not changed is not listed again, once every run in it could be read. */
  #list(): void {
    const found = statSync(this.#store, { bigint: true });
    const mark = `${found.ino} ${found.mtimeNs}`;
    if (mark === this.#listed) return;
    const isFirst = this.#listed === undefined;
    const ids = readdirSync(this.#store)
      .filter((name) => runIdPattern.test(name))
      .sort(compareCodeUnits);
    const isSame =
      !isFirst && ids.length === this.#ids.length && ids.every((id, index) => id === this.#ids[index]);
    if (!isSame) this.#follow(ids, isFirst);
    this.#listed = tellsChanges(found, this.#options.now()) ? mark : '';
  }

  /** Follows these runs, and no others any more. */
  #follow(ids: readonly string[], isFirst: boolean): void {
    this.#isRanked = false;
    const known = this.#runs;
    const listed = new Set(ids);
    for (const id of ids) if (!known.has(id)) known.set(id, this.#open(id, isFirst));
    this.#ids = ids;
    this.#runs = new Map(
      [...known].filter(([id]) => listed.has(id)).sort(([a], [b]) => compareCodeUnits(a, b)),
    );
    for (const { id, arm } of known.values()) if (!this.#runs.has(id)) this.#runsOf(arm).forget(id);
  }

  /** The calls of runs that had ended before anybody looked are not live: their record has what they came to. */
  #open(id: string, isFirst: boolean): FollowedRun {
    const run = new FollowedRun(runFolder(this.#store, id), this.#options);
    run.refresh(!isFirst);
    if (isFirst && run.status === 'unfinished') run.refresh(true);
    this.#runsOf(run.arm).count(run);
    return run;
  }

  /** Old runs seldom change, but they can be resumed. */
  #inTurn(): readonly FollowedRun[] {
    const end = this.#turn + lookedAt;
    const ids = this.#ids.slice(this.#turn, end);
    this.#turn = end < this.#ids.length ? end : 0;
    return ids.flatMap((id) => this.#runs.get(id) ?? []);
  }

  #runsOf(arm: string): ArmRuns {
    const runs = this.#armRuns.get(arm) ?? new ArmRuns();
    this.#armRuns.set(arm, runs);
    return runs;
  }

  #rank(): void {
    const runs = [...this.#runs.values()];
    for (const [arm, ranked] of this.#armRuns) ranked.rank(runs.filter((run) => run.arm === arm));
    const newest = [...this.#armRuns.values()].flatMap((ranked) => ranked.newest ?? []);
    const notComplete = runs.filter(({ status }) => status !== 'complete').slice(-lookedAt);
    this.#watched = [...new Set([...newest, ...notComplete])];
    this.#isRanked = true;
  }

  #snapshots(): readonly ArmSnapshot[] {
    return [...this.#armRuns]
      .sort(([a], [b]) => compareCodeUnits(a, b))
      .map(([arm, runs]) => this.#snapshot(arm, runs));
  }

  #snapshot(arm: string, { newest, succeeded, totals }: ArmRuns): ArmSnapshot {
    const files = this.#files.get(arm) ?? {
      record: watchedFile(recordIn, this.#options.now),
      comparison: watchedFile(parseComparedNumbers, this.#options.now),
    };
    this.#files.set(arm, files);
    const record = newest && files.record.read(runFolder(this.#store, newest.id).record);
    const before = this.#armRuns.get(this.#baseline)?.newest;
    const isCompared = newest !== undefined && before !== undefined && before !== newest;
    return {
      arm,
      totals: callsIn(totals) === 0 ? undefined : totals,
      newest: newest && {
        id: newest.id,
        status: record?.status ?? 'damaged',
        artifact: record?.artifact.sha256,
        summary: record?.summary,
      },
      ended: record,
      succeededAt: succeeded?.finishedAt,
      comparison: isCompared
        ? files.comparison.read(comparisonFile(this.#store, before.id, newest.id))
        : undefined,
    };
  }
}

interface ArmFiles {
  readonly record: WatchedFile<RunRecord | undefined>;
  readonly comparison: WatchedFile<ComparedNumbers | undefined>;
}
