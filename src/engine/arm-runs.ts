import type { CallTotals } from '../telemetry/snapshot.ts';
import { combined, noCalls } from './call-totals.ts';
import type { FollowedRun } from './followed-run.ts';
import { secondOf } from './run-folder.ts';

/** The runs of one arm. */
export class ArmRuns {
  /** The newest that has ended, however it did. */
  newest: FollowedRun | undefined;
  /** The newest complete one. */
  succeeded: FollowedRun | undefined;
  #totals: CallTotals = noCalls();
  /** By run: the most that it came to. */
  readonly #most = new Map<string, CallTotals>();

  /** What all its calls came to, those of runs that were pruned since included: a counter does not fall. */
  get totals(): CallTotals {
    return this.#totals;
  }

  /** Adds what a run has grown by since it was last counted. A run that lost calls, as in a resume that drops some, takes nothing away. */
  count({ id, totals }: FollowedRun): void {
    const before = this.#most.get(id) ?? noCalls();
    const growth = combined(totals, before, (now, then) => Math.max(0, now - then));
    this.#totals = combined(this.#totals, growth, (sum, more) => sum + more);
    this.#most.set(id, combined(before, totals, Math.max));
  }

  /** What a run came to is not needed any more. */
  forget(id: string): void {
    this.#most.delete(id);
  }

  /** Finds the newest ones anew. */
  rank(runs: Iterable<FollowedRun>): void {
    this.newest = undefined;
    this.succeeded = undefined;
    for (const run of runs) {
      if (run.status === 'unfinished') continue;
      if (this.newest === undefined || !isOlder(run, this.newest)) this.newest = run;
      if (run.status === 'complete' && (this.succeeded === undefined || !isOlder(run, this.succeeded))) this.succeeded = run;
    }
  }
}

/** Ids tell seconds; runs of one second are told apart by when they were started. One that does not tell counts as the newest of its second. */
function isOlder(run: FollowedRun, other: FollowedRun): boolean {
  if (secondOf(run.id) !== secondOf(other.id)) return run.id < other.id;
  return other.startedAt === '' || (run.startedAt !== '' && run.startedAt < other.startedAt);
}
