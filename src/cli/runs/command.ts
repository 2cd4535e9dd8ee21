import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, storeFlag } from '../flags.ts';
import type { RunsFlags, PruneFlags } from './flags.ts';

/** `flipgate runs`: what the store holds, and what to do with it. */
export const runsCommand: CommandFactory = (world, finish) => {
  const runs = new Command('runs')
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate runs\n  $ flipgate runs prune --keep 20\n  $ flipgate runs score green\n',
    )
    .action(async (flags: RunsFlags) => {
      const { listRuns } = await import('./list.ts');
      finish(await listRuns(flags, world));
    });
  runs
    .command('prune')
    .description(
      'delete old runs, with their comparisons and gold sets; never one that the newest verdict of a gate rests on, nor one in use',
    )
    .requiredOption('--keep <n>', 'runs of every arm to keep, the newest', (text: string) =>
      text.trim() === '' ? Number.NaN : Number(text),
    )
    .addHelpText('after', '\nExample:\n  $ flipgate runs prune --keep 20\n')
    .action(async (_: unknown, command: Command) => {
      const { pruneRuns } = await import('./prune.ts');
      finish(await pruneRuns(command.optsWithGlobals<PruneFlags>(), world));
    });
  runs
    .command('score')
    .argument('<ref>', "a run's id, its folder, or an arm's name (its newest run)")
    .description('compute the scores and the summary of a recorded run again; asks nothing')
    .addHelpText('after', '\nExample:\n  $ flipgate runs score green\n')
    .action(async (reference: string, _: unknown, command: Command) => {
      const { scoreStoredRun } = await import('./score.ts');
      finish(await scoreStoredRun(reference, command.optsWithGlobals<RunsFlags>(), world));
    });
  return runs;
};
