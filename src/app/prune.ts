import { compareCodeUnits } from '../base/canonical.ts';
import { readPlan } from '../store/documents/plan.ts';
import { runIds } from '../store/run-ids.ts';
import type { HeldBy } from '../store/lock-folder.ts';
import { removeRun, sweepRemoved } from '../store/prune/remove-run.ts';
import { runsInForce } from '../store/prune/runs-in-force.ts';
import { removeUnusedGold } from '../store/prune/unused-gold.ts';
import { armOfRun, secondOf } from '../plan/run-id.ts';
import { runFolder } from '../store/run-folder.ts';

export interface LockedRun {
  readonly id: string;
  readonly by: HeldBy;
}

/** What became of the runs beyond those to keep, newest first. */
export interface Pruned {
  readonly removed: readonly string[];
  /** Another process has them. */
  readonly locked: readonly LockedRun[];
  /** The newest verdict of a gate rests on them. */
  readonly inForce: readonly string[];
  /** Stored gold sets that no run needs any more. */
  readonly goldSets: number;
}

/** Deletes all but the `keep` newest runs of every arm, with the comparisons and gold sets that nothing needs any more. Throws a `UserError` (exit 4) where that cannot be done. */
export async function pruneStore(store: string, keep: number): Promise<Pruned> {
  await sweepRemoved(store);
  const needed = await runsInForce(store);
  const removed: string[] = [];
  const locked: LockedRun[] = [];
  const old = await oldRuns(store, keep);
  for (const id of old.filter((one) => !needed.has(one))) {
    const removal = await removeRun(store, id);
    if (removal.kind === 'removed') removed.push(id);
    if (removal.kind === 'locked') locked.push({ id, by: removal.by });
  }
  const inForce = old.filter((id) => needed.has(id));
  return { removed, locked, inForce, goldSets: await removeUnusedGold(store) };
}

/** All but the newest runs of every arm, newest first. */
async function oldRuns(store: string, keep: number): Promise<readonly string[]> {
  const byArm = new Map<string, string[]>();
  for (const id of await newestFirst(store)) {
    const arm = armOfRun(id);
    byArm.set(arm, [...(byArm.get(arm) ?? []), id]);
  }
  return [...byArm.values()].flatMap((ids) => ids.slice(keep)).sort((a, b) => compareCodeUnits(b, a));
}

/** Ids tell seconds; runs of one second are told apart by their plans. */
async function newestFirst(store: string): Promise<readonly string[]> {
  const ids = await runIds(store);
  const starts = new Map<string, string>();
  for (const [index, id] of ids.entries()) {
    const isAlone = [ids[index - 1], ids[index + 1]].every((other) => secondOf(other ?? '') !== secondOf(id));
    const plan = isAlone ? undefined : await readPlan(runFolder(store, id)).catch(() => undefined);
    starts.set(id, plan?.started_at ?? '');
  }
  return ids.toSorted(
    (a, b) =>
      compareCodeUnits(secondOf(b), secondOf(a)) ||
      compareCodeUnits(starts.get(b) ?? '', starts.get(a) ?? ''),
  );
}
