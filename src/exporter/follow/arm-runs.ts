import type { CallTotals } from '../snapshot.ts';
import { combineTotals, noCalls } from './call-totals.ts';
import type { FollowedRun } from './run.ts';
import { secondOf } from '../../plan/run-id.ts';

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
    const before = this.#most.get(id);
    if (before === totals) return;
    const growth =
      before === undefined ? totals : combineTotals(totals, before, (now, then) => Math.max(0, now - then));
    this.#totals = combineTotals(this.#totals, growth, (sum, more) => sum + more);
    this.#most.set(id, before === undefined ? totals : combineTotals(before, totals, Math.max));
  }

  /** What a run came to is not needed any more. */
  forget(id: string): void {
    this.#most.delete(id);
  }

  /** Finds the newest ones anew. `runs`: the arm's, oldest first by their ids. */
  rank(runs: readonly FollowedRun[]): void {
    this.newest = newestOf(runs, ({ status }) => status !== 'unfinished');
    this.succeeded = newestOf(runs, ({ status }) => status === 'complete');
  }
}

function newestOf(
  runs: readonly FollowedRun[],
  isMeant: (run: FollowedRun) => boolean,
): FollowedRun | undefined {
  const meant = runs.filter(isMeant);
  const lastSecond = secondOf(meant.at(-1)?.id ?? '');
  const candidates = meant.filter(({ id }) => id.startsWith(lastSecond));
  return candidates.reduce<FollowedRun | undefined>(
    (newest, run) => (newest && isOlder(run, newest) ? newest : run),
    undefined,
  );
}

/** Ids tell seconds; runs of one second are told apart by when they were started. One that does not tell counts as the newest of its second. */
function isOlder(run: FollowedRun, other: FollowedRun): boolean {
  return other.startedAt === '' || (run.startedAt !== '' && run.startedAt < other.startedAt);
}
