import type { CallLine } from '../../../../src/scoring/record.ts';
import { defaultScoring } from '../../../../src/scoring/scoring-options.ts';
import { followStore, type StoreFollower } from '../../../../src/exporter/follow/store.ts';
import type { CallTotals } from '../../../../src/exporter/snapshot.ts';
import { clock } from '../../../support/clock.ts';
import { iso, noon, summary } from '../../../support/store-files.ts';

/** A store that is followed, with the calls that were passed on. */
export interface Followed extends Omit<StoreFollower, 'trendOf' | 'killed'> {
  /** Looks again; what the arm's calls came to. */
  look(arm?: string): CallTotals | undefined;
  readonly passed: CallLine[];
}

/** `now`: by the clock that files are stamped by. */
export function follow(store: string, now: () => number = clock.now): Followed {
  const passed: CallLine[] = [];
  const follower = followStore(store, 'blue', {
    now,
    toolLoop: defaultScoring.toolLoop,
    onCall: (_arm, line) => passed.push(line),
  });
  const { refresh, arms, runs } = {
    refresh: () => follower.refresh(),
    arms: () => follower.arms(),
    runs: () => follower.runs(),
  };
  const look = (arm = 'green'): CallTotals | undefined => {
    refresh();
    return arms().find((one) => one.arm === arm)?.totals;
  };
  return { refresh, arms, runs, look, passed };
}

/** A call some milliseconds after noon. */
export const ok = (at: number, more: Partial<CallLine> = {}): Partial<CallLine> => ({
  at: iso(noon + at),
  ...more,
});
/** What a summary says of a run with so many calls. */
export const callsOf = (count: number): object => ({ ...summary.calls, ok: count, timeout: 0, status: 0 });
