import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { compareCodeUnits } from '../base/canonical.ts';
import { jsonOrUndefined } from '../base/json.ts';
import type { RunRecord } from '../core/record.ts';
import type { TrendPoint } from '../reporters/html/index-page.ts';
import type { Comparison } from '../statistics/comparison.ts';
import type { ArmSnapshot, CallTotals } from '../telemetry/snapshot.ts';
import type { ListedRun } from '../telemetry/source.ts';
import { callsIn, sumOfTotals } from './call-totals.ts';
import { FollowedRun, type FollowOptions } from './followed-run.ts';
import { isRecord } from './read-record.ts';
import { comparisonFile, parseComparison } from './read-verdicts.ts';
import { runFolder, runIdPattern, secondOf } from './run-folder.ts';
import { watchedFile, type WatchedFile } from './watched-file.ts';

/** The coarsest clock that a file system's times are known to go by. */
const coarsestTickMilliseconds = 2000;

/** A store whose runs are followed while others write into it. */
export interface StoreFollower {
  /** Looks again. Throws what the system says of a store that cannot be read. */
  refresh(): void;
  /** Every arm that has a run, by name. */
  arms(): readonly ArmSnapshot[];
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
  #listed: string | undefined;
  readonly #totals = new Map<string, CallTotals>();
  readonly #files = new Map<string, ArmFiles>();
  #arms: readonly ArmSnapshot[] = [];

  constructor(store: string, baseline: string, options: FollowOptions) {
    this.#store = store;
    this.#baseline = baseline;
    this.#options = options;
  }

  refresh(): void {
    this.#list();
    const newest = new Set([...this.#newestEnded().values()].map(({ id }) => id));
    for (const run of this.#runs.values()) if (run.status !== 'complete' || newest.has(run.id)) run.refresh(true);
    this.#arms = this.#snapshots();
  }

  arms(): readonly ArmSnapshot[] {
    return this.#arms;
  }

  runs(): readonly ListedRun[] {
    return [...this.#runs.values()].map(({ head }) => head).toReversed();
  }

  trendOf(id: string): TrendPoint | undefined {
    return this.#runs.get(id)?.trend;
  }

  /** Which runs there are. A folder that has not changed is not listed again. */
  #list(): void {
    const { mtimeNs, mtimeMs } = statSync(this.#store, { bigint: true });
    const mark = String(mtimeNs);
    if (mark === this.#listed) return;
    const first = this.#listed === undefined;
    const ids = readdirSync(this.#store)
      .filter((name) => runIdPattern.test(name))
      .sort(compareCodeUnits);
    const known = this.#runs;
    this.#runs = new Map(ids.map((id) => [id, known.get(id) ?? this.#open(id, first)]));
    // Times can be as coarse as a clock tick: what came within one would else never be seen.
    this.#listed = Date.now() - Number(mtimeMs) > coarsestTickMilliseconds ? mark : '';
  }

  /** The calls of runs that had ended before anybody looked are not live: their record has what they came to. */
  #open(id: string, first: boolean): FollowedRun {
    const run = new FollowedRun(runFolder(this.#store, id), this.#options);
    run.refresh(!first);
    return run;
  }

  /** The newest run of each arm that has ended, however it did. */
  #newestEnded(): Map<string, EndedRun> {
    const newest = new Map<string, EndedRun & ListedRun>();
    for (const { status, head } of this.#runs.values()) {
      const before = newest.get(head.arm);
      if (status !== 'unfinished' && (before === undefined || !isOlder(head, before))) newest.set(head.arm, { ...head, status });
    }
    return newest;
  }

  #snapshots(): readonly ArmSnapshot[] {
    const newest = this.#newestEnded();
    const before = newest.get(this.#baseline);
    const arms = new Set([...this.#runs.values()].map(({ arm }) => arm));
    return [...arms].sort(compareCodeUnits).map((arm) => this.#snapshot(arm, newest.get(arm), before));
  }

  #snapshot(arm: string, ended: EndedRun | undefined, before: EndedRun | undefined): ArmSnapshot {
    const runs = [...this.#runs.values()].filter((run) => run.arm === arm);
    const files = this.#files.get(arm) ?? { record: watchedFile(recordIn), comparison: watchedFile(parseComparison) };
    this.#files.set(arm, files);
    const totals = sumOfTotals(
      runs.map((run) => run.totals),
      this.#totals.get(arm),
    );
    this.#totals.set(arm, totals);
    const isCompared = ended !== undefined && before !== undefined && before.id !== ended.id;
    return {
      arm,
      totals: callsIn(totals) === 0 ? undefined : totals,
      newest: ended,
      ended: ended && files.record.read(runFolder(this.#store, ended.id).record),
      succeededAt: runs.findLast(({ status }) => status === 'complete')?.head.finished_at,
      comparison: isCompared ? files.comparison.read(comparisonFile(this.#store, before.id, ended.id)) : undefined,
    };
  }
}

interface EndedRun {
  readonly id: string;
  readonly status: RunRecord['status'] | 'damaged';
}

interface ArmFiles {
  readonly record: WatchedFile<RunRecord | undefined>;
  readonly comparison: WatchedFile<Comparison | undefined>;
}

/** A record, from the file of its run's folder. */
function recordIn(text: string, file: string): RunRecord | undefined {
  const value = jsonOrUndefined(text);
  return isRecord(value, path.basename(path.dirname(file))) ? value : undefined;
}

/** Ids tell seconds; runs of one second are told apart by when they were started. */
function isOlder(run: ListedRun, other: ListedRun): boolean {
  if (secondOf(run.id) !== secondOf(other.id)) return run.id < other.id;
  return (run.started_at ?? '') < (other.started_at ?? '');
}
