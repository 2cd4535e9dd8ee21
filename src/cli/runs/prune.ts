import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import { pruneStore, type LockedRun, type Pruned } from '../../app/prune.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { heldError } from '../../store/lock.ts';
import type { PruneFlags } from './flags.ts';

/** Deletes the oldest runs of every arm but `keep`; what verdicts rest on and what another process has is left alone, and reported. */
export async function pruneRuns(flags: PruneFlags, world: World): Promise<ExitCode> {
  if (!Number.isSafeInteger(flags.keep) || flags.keep < 0)
    throw new UserError('--keep is not a whole number of at least 0', { hint: 'for example --keep 20' });
  const { store } = await loadConfig(flags, world, { unused: unusedBy.listing });
  const pruned = await pruneStore(store, flags.keep);
  world.stdout.write(flags.json === true ? `${JSON.stringify(documentOf(pruned))}\n` : textOf(pruned));
  return exitCodes.pass;
}

function documentOf({ removed, locked, inForce, goldSets }: Pruned): object {
  return {
    removed,
    locked: locked.map(({ id, by }) => ({ id, pid: by.holder?.pid, host: by.holder?.host })),
    in_force: inForce,
    gold_sets_removed: goldSets,
  };
}

function textOf({ removed, locked, inForce, goldSets }: Pruned): string {
  const gold = goldSets === 0 ? '' : `, and ${counted(goldSets, 'gold set')} that no run needs any more`;
  const lines = [
    `${counted(removed.length, 'run')} deleted${gold}`,
    ...inForce.map((id) => `kept ${id}: the newest verdict of a gate rests on it`),
    ...locked.map(reasonOf),
  ];
  return `${lines.join('\n')}\n`;
}

function reasonOf({ id, by }: LockedRun): string {
  const { message, hint = '' } = heldError('it', by);
  return `left alone ${id}: ${message}; ${hint}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
