import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, storeFlag } from '../flags.ts';
import type { CompareFlags } from './flags.ts';

/** `flipgate compare`: two runs over the same cells. */
export const compareCommand: CommandFactory = (world, finish) =>
  new Command('compare')
    .argument(
      '[baseline]',
      "the live arm's run: an id, a folder, or an arm (its newest run; default: the configured baseline)",
    )
    .argument('[candidate]', "the candidate's run (default: the configured candidate)")
    .option(
      '--resamples <file>',
      'write the drawn questions of every resample, so that anybody can recompute the intervals',
    )
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate compare\n  $ flipgate compare blue green --json --resamples draws.jsonl\n',
    )
    .action(async (baseline: string | undefined, candidate: string | undefined, flags: CompareFlags) => {
      const { compare } = await import('./action.ts');
      finish(await compare({ baseline, candidate }, flags, world));
    });
